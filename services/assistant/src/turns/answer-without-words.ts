import { localDate } from '../replies/local-time.ts'
import { REPLIES } from '../replies/replies.ts'
import type { ToolContext, ToolResult } from '../tools/tool.ts'
import { type Answer, LATE_AFTER_MS, type Question, recentWith } from './answer-message.ts'

/** What tools see of a message that has no words of its own: a photo, a location, a voice note that says nothing. */
export function contextOf({ message, driver, session, book, now, waitingSince }: Question): ToolContext {
  const language = session.language ?? driver.language ?? 'en'
  return {
    ...{ driver, language, say: REPLIES[language], session, book, now },
    today: localDate(now, driver.timeZone),
    isLate: now - message.sentAt > LATE_AFTER_MS,
    isHeard: false,
    isCorrection: false,
    waitingSince,
    findAnswers: async () => [],
    source: 'fast',
    words: '',
  }
}

/** `did`: what the driver did, for the next turns. What was asked before stays open unless the result says otherwise. */
export function answerOf(question: Question, did: string, result: ToolResult): Answer {
  const { message, session } = question
  return {
    path: 'none',
    replies: result.replies,
    commands: result.commands ?? [],
    notices: result.notices ?? [],
    proofs: result.proofs ?? [],
    audit: [{ action: 'turn.answered', detail: { wamid: message.wamid, did, result: result.summary } }],
    session: {
      ...session,
      ...result.remember,
      recent: recentWith(`(${did})`, result.summary, session),
    },
  }
}
