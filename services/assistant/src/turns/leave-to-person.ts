import { textMessage } from '@waybill/whatsapp'
import { REPLIES } from '../replies/replies.ts'
import { redactPhones } from '../understand/describe-situation.ts'
import { readMessage } from '../understand/read-message.ts'
import { SILENT } from './admit-sender.ts'
import { type Answer, type Question, recentWith } from './answer-message.ts'

const SECOND_MS = 1_000

type AnswerQuestion = (question: Question) => Promise<Answer>

/**
 * While a person has the conversation the assistant records and is silent, and nothing acts: not a tap either, because
 * the person may be talking the driver out of just that. What was sent meanwhile and is worked on later is the person's
 * as well, and so is what had been asked before: a "yes" to him answers nothing of ours.
 */
export function unlessTakenOver(answer: AnswerQuestion): AnswerQuestion {
  return async (question) => {
    const { takeover, message, session } = question
    if (!takeover) return answer(question)
    // By WhatsApp's clock, which has whole seconds: what may have been sent after it is not left without an answer.
    const wasSentMeanwhile = message.sentAt >= takeover.since && message.sentAt + SECOND_MS <= takeover.until
    if (takeover.isOn || wasSentMeanwhile) return leaveToPerson(question, takeover)
    const isOlder = session.pendingQuestion !== null && session.pendingQuestion.askedAt < takeover.until
    return answer(isOlder ? { ...question, session: { ...session, pendingQuestion: null } } : question)
  }
}

function leaveToPerson(
  { message, driver, session }: Question,
  { since, isOn, hasWritten }: NonNullable<Question['takeover']>,
): Answer {
  const input = readMessage(message)
  const isSilent = SILENT.includes(input.kind)
  const isNews = isOn && !isSilent && !hasWritten && session.toldOfTakeover !== since
  const { takenOver } = REPLIES[session.language ?? driver.language ?? 'en'].people
  const did = input.kind === 'words' ? redactPhones(input.text) : `(${input.kind})`
  return {
    path: 'none',
    replies: isNews ? [textMessage(takenOver)] : [],
    commands: [],
    audit: [{ action: 'turn.left-to-person', detail: { wamid: message.wamid, kind: input.kind } }],
    session: {
      ...session,
      pendingQuestion: null,
      toldOfTakeover: isNews ? since : session.toldOfTakeover,
      recent: recentWith(did, 'left it to a person', session),
    },
  }
}
