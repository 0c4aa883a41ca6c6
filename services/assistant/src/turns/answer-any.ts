import { type DriverInput, readMessage } from '../understand/read-message.ts'
import { answerEdit, noted } from './answer-change.ts'
import { type Answer, type AnswerDeps, answerMessage, type Question } from './answer-message.ts'
import { answerFile, answerLocation, type ProofDeps } from './answer-proof.ts'
import { answerVoice, type VoiceDeps } from './answer-voice.ts'
import { contextOf } from './answer-without-words.ts'
import { type FindMessage, isOpenQuestion, ordersShown, quotedIn, sessionThere } from './pointed-at.ts'

type Deps = AnswerDeps &
  Omit<ProofDeps, 'answerWords'> &
  Omit<VoiceDeps, 'answerWords'> & { findMessage: FindMessage }

/** Answers a message of any kind. What has words in it ends up where words are answered. */
export function answerAny(deps: Deps): (question: Question) => Promise<Answer> {
  const { findMessage } = deps
  const answerWords = (question: Question) => answerMessage(question, deps)

  async function answer(question: Question): Promise<Answer> {
    const input = readMessage(question.message)
    switch (input.kind) {
      case 'words':
        return answerWords(await backThere(question))
      case 'voice':
        return answerVoice(input.medium, await backThere(question), { ...deps, answerWords })
      case 'file':
        return answerFile(input, question, {
          ...{ ...deps, answerWords },
          quotedOrderIds: await quotedOrders(question),
        })
      case 'location':
        return answerPlace(input, question)
      case 'reaction': {
        const pointed = await findMessage(question.conversationId, input.messageId)
        const isAnswer = isOpenQuestion(pointed, question.session)
        return isAnswer ? answerWords(question) : noted(question, 'reaction')
      }
      case 'edited':
        return answerEdit(input, question, { findMessage, answerWords, answerAgain: answer })
      case 'revoked':
        return noted(question, 'message deleted')
      default:
        return answerWords(question)
    }
  }
  return answer

  async function answerPlace(input: DriverInput & { kind: 'location' }, question: Question): Promise<Answer> {
    const { latitude, longitude } = input
    const place = { latitude, longitude, at: question.message.sentAt }
    const there = { ...question, session: { ...question.session, place } }
    return (await answerLocation(input, there, await quotedOrders(question))) ?? answerWords(there)
  }

  /** A reply to an older message is about what that one shows. */
  async function backThere(question: Question): Promise<Question> {
    const pointed = await quoted(question)
    if (!pointed) return question
    return { ...question, session: sessionThere(question.session, pointed, dayOf(question)) }
  }

  async function quotedOrders(question: Question): Promise<string[]> {
    const pointed = await quoted(question)
    return pointed ? ordersShown(pointed, dayOf(question)) : []
  }

  async function quoted({ conversationId, message }: Question) {
    const wamid = quotedIn(message.body)
    return wamid === undefined ? undefined : findMessage(conversationId, wamid)
  }
}

function dayOf(question: Question) {
  return { today: contextOf(question).today, timeZone: question.driver.timeZone }
}
