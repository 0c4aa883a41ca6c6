import type { OutboundMessage } from '@waybill/whatsapp'
import { textMessage } from '@waybill/whatsapp'
import type { ToolContext, ToolResult } from '../tools/tool.ts'
import type { MediumRef } from '../understand/read-message.ts'
import type { Hear, Heard } from '../voice/hear.ts'
import type { Answer, Question } from './answer-message.ts'
import { answerOf, contextOf } from './answer-without-words.ts'
import { offering, saying } from './carry-out.ts'
import { ATTEMPTS_MAX } from './turn-deps.ts'

export type VoiceDeps = {
  hear: Hear
  voiceSecondsMax: number
  /** Somebody listens now: this takes a while. */
  onListening: (of: { conversationId: string; wamid: string }) => void
  answerWords: (question: Question) => Promise<Answer>
}

const BODY_LENGTH_MAX = 1_024

/** A voice note is its words, quoted back: the driver sees what was heard, unless the guardrails have not let it through. */
export async function answerVoice(voice: MediumRef, question: Question, deps: VoiceDeps): Promise<Answer> {
  const { message, signal, ledger } = question
  const isLastAttempt = message.attempts >= ATTEMPTS_MAX
  deps.onListening({ conversationId: question.conversationId, wamid: message.wamid })
  const heard = await deps.hear(voice, { signal, ledger, isLastAttempt })
  if (heard.kind === 'nothing') {
    return answerOf(question, 'voice note', unheard(heard.why, contextOf(question), deps.voiceSecondsMax))
  }
  const body = { text: { body: heard.text } }
  const answer = await deps.answerWords({
    ...question,
    message: { ...message, kind: 'text', body },
    isHeard: true,
  })
  const quote = contextOf({ ...question, session: answer.session }).say.media.heard({ text: heard.text })
  return {
    ...answer,
    replies: answer.isUnspeakable ? answer.replies : quoted(quote, answer.replies),
    transcripts: [{ wamid: message.wamid, text: heard.text }],
  }
}

/** Ahead of the answer, in the same message where there is room. */
export function quoted(quote: string, replies: readonly OutboundMessage[]): OutboundMessage[] {
  const [first, ...rest] = replies
  if (first?.type === 'text') return [textMessage(`${quote}\n\n${first.text.body}`), ...rest]
  if (first?.type === 'interactive') {
    const text = `${quote}\n\n${first.interactive.body.text}`
    if (text.length <= BODY_LENGTH_MAX) {
      return [{ ...first, interactive: { ...first.interactive, body: { text } } }, ...rest]
    }
  }
  return [textMessage(quote), ...replies]
}

function unheard(
  why: (Heard & { kind: 'nothing' })['why'],
  context: ToolContext,
  secondsMax: number,
): ToolResult {
  const { voice } = context.say.media
  const summary = `could not hear: ${why}`
  switch (why) {
    case 'too-long':
      return saying(voice.tooLong({ minutes: Math.max(1, Math.floor(secondsMax / 60)) }), summary)
    case 'unavailable':
      return offering(voice.unavailable, summary, context)
    default:
      return saying(voice[why], summary)
  }
}
