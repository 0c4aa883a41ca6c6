import { randomUUID } from 'node:crypto'
import type { AuditEntry, Consent, NewNotice, WaitingMessage } from '@waybill/database'
import { textMessage } from '@waybill/whatsapp'
import { REPLIES } from '../replies/replies.ts'
import { consentIn, START_WORD, STOP_WORD } from '../understand/consent-words.ts'
import { type DriverInput, readMessage } from '../understand/read-message.ts'
import { type Answer, type Question, recentWith } from './answer-message.ts'

type AnswerQuestion = (question: Question) => Promise<Answer>

/**
 * A driver's STOP comes before everything else: before what was asked, before a person who has the conversation, and
 * without a model. START means something only to somebody who has stopped.
 */
export function heedConsent(answer: AnswerQuestion): AnswerQuestion {
  return async (question) => {
    const { message, session, driver, hasOptedOut = false } = question
    const consent = consentOf(message)
    if (!consent || (consent.state === 'in' && !hasOptedOut)) return answer(question)
    const say = REPLIES[session.language ?? driver.language ?? 'en'].consent
    const isOut = consent.state === 'out'
    const isNews = isOut !== hasOptedOut
    return {
      path: 'fast',
      replies: [textMessage(isOut ? say.optedOut({ start: START_WORD }) : say.optedIn({ stop: STOP_WORD }))],
      commands: [],
      consent,
      audit: [auditOf(consent)],
      notices: isNews ? [noticeOf(consent)] : [],
      session: {
        ...session,
        recent: recentWith(isOut ? STOP_WORD : START_WORD, isOut ? 'opted out' : 'opted in', session),
      },
    }
  }
}

/** What the last such word of somebody says whom nobody answers: an account that is not active may be again tomorrow. */
export function consentOfUnanswered(messages: readonly WaitingMessage[]): Consent | undefined {
  return messages.map((message) => consentOf(message)).findLast((it) => it !== undefined)
}

export function auditOf({ state, wamid }: Consent): AuditEntry {
  return { action: state === 'out' ? 'driver.opted-out' : 'driver.opted-in', detail: { wamid } }
}

/** Typed and not spoken: a transcript may have misheard. */
function consentOf(message: WaitingMessage): Consent | undefined {
  const input = readMessage(message)
  const said: DriverInput = input.kind === 'edited' ? readMessage(input.message) : input
  const state = said.kind === 'words' ? consentIn(said.text) : undefined
  return state && { state, wamid: message.wamid }
}

function noticeOf({ state }: Consent): NewNotice {
  const text =
    state === 'out'
      ? `Has written ${STOP_WORD}: check-ins, reminders and news about orders do not reach this driver any more. Please call where it matters.`
      : `Has written ${START_WORD}: check-ins, reminders and news about orders reach this driver again.`
  return { id: randomUUID(), kind: state === 'out' ? 'opted-out' : 'opted-in', priority: 'normal', text }
}
