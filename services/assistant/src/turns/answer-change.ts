import { normalize } from '../understand/normalize.ts'
import { type DriverInput, readMessage } from '../understand/read-message.ts'
import type { Answer, Question } from './answer-message.ts'
import { asWords } from './answer-proof.ts'
import { answerOf, contextOf } from './answer-without-words.ts'
import { type FindMessage, sessionThere } from './pointed-at.ts'

type Deps = {
  findMessage: FindMessage
  answerWords: (question: Question) => Promise<Answer>
  /** As if it had been sent like this. */
  answerAgain: (question: Question) => Promise<Answer>
}

/**
 * An edited message. What nobody had answered is answered as it is now. What was answered before is a correction: it is
 * answered again, but what it would write is asked back when the first version has written something.
 */
export async function answerEdit(
  { originalId, message: edited }: DriverInput & { kind: 'edited' },
  question: Question,
  { findMessage, answerWords, answerAgain }: Deps,
): Promise<Answer> {
  const { message, driver, session } = question
  const now = { ...question, message: { ...message, kind: edited.kind, body: edited.body } }
  const before = question.isUnanswered?.(originalId)
    ? undefined
    : await findMessage(question.conversationId, originalId)
  const answer = before ? await answerCorrection() : await answerAgain(now)
  // What the phone shows is the original, in its new words.
  return { ...answer, replyTo: originalId }

  async function answerCorrection(): Promise<Answer> {
    const said = wordsOf(readMessage(edited))
    const wasSaid = before?.author === 'driver' ? wordsOf(readMessage(originalOf(before.content))) : undefined
    if (said === undefined || normalize(said) === normalize(wasSaid ?? '')) return noted(question, 'edit')
    const { today } = contextOf(question)
    const isWords = readMessage(edited).kind === 'words'
    const there =
      before && !isWords ? sessionThere(session, before, { today, timeZone: driver.timeZone }) : session
    return answerWords({
      ...asWords({ ...question, session: there }, said),
      isCorrection: before?.hasWritten ?? false,
      isCaption: !isWords,
    })
  }
}

/** A message that was deleted after it had been answered, a reaction to nothing that was asked: on record, no more. */
export function noted(question: Question, did: string): Answer {
  const { pendingQuestion } = question.session
  return answerOf(question, did, { replies: [], summary: 'noted', remember: { pendingQuestion } })
}

function wordsOf(input: DriverInput): string | undefined {
  if (input.kind === 'words') return input.text
  return input.kind === 'file' ? input.caption : undefined
}

function originalOf(content: unknown): { kind: string; body: unknown } {
  const { kind, body }: { kind?: unknown; body?: unknown } =
    typeof content === 'object' && content !== null ? content : {}
  return { kind: typeof kind === 'string' ? kind : '', body }
}
