import { readMessage } from '../understand/read-message.ts'
import type { Hear } from '../voice/hear.ts'
import { type Answer, type AnswerDeps, answerMessage, type Question } from './answer-message.ts'
import { answerFile, answerLocation, type ProofDeps } from './answer-proof.ts'
import { answerVoice } from './answer-voice.ts'

type Deps = AnswerDeps & Omit<ProofDeps, 'answerWords'> & { hear: Hear; voiceSecondsMax: number }

/** Answers a message of any kind. What has words in it ends up where words are answered. */
export function answerAny(deps: Deps): (question: Question) => Promise<Answer> {
  const answerWords = (question: Question) => answerMessage(question, deps)

  return async (question) => {
    const input = readMessage(question.message)
    switch (input.kind) {
      case 'voice':
        return answerVoice(input.medium, question, { ...deps, answerWords })
      case 'file':
        return answerFile(input, question, { ...deps, answerWords, quotedOrderIds: undefined })
      case 'location': {
        const { latitude, longitude } = input
        const place = { latitude, longitude, at: question.message.sentAt }
        const there = { ...question, session: { ...question.session, place } }
        return (await answerLocation(input, there, undefined)) ?? answerWords(there)
      }
      default:
        return answerWords(question)
    }
  }
}
