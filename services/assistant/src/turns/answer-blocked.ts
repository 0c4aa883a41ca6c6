import { randomUUID } from 'node:crypto'
import type { NewNotice } from '@waybill/database'
import type { GuardedWords } from '../guard/guard.ts'
import type { TextSource } from '../guard/guardrails-api.ts'
import type { ToolResult } from '../tools/tool.ts'
import type { Answer, AnswerDeps, Question } from './answer-message.ts'
import { answerOf, contextOf } from './answer-without-words.ts'
import { offering, saying } from './carry-out.ts'

export function sourceOf({ isHeard, isCaption }: Question): TextSource {
  if (isHeard) return 'transcript'
  return isCaption ? 'caption' : 'driver'
}

/** Words that nothing is made of: the driver is told so, dispatch where the policy wants it, and too many end it. */
export async function answerBlocked(
  guarded: GuardedWords,
  question: Question,
  { countBlocked }: Pick<AnswerDeps, 'countBlocked'>,
): Promise<Answer> {
  const { driver, message, isCaption } = question
  const { suspend, policyVersion, record } = guarded
  const isSuspended =
    suspend !== undefined && (await countBlocked(driver.id, suspend.withinMs)) + 1 >= suspend.after
  const answer = answerOf(question, 'blocked', told(guarded, question, isSuspended))
  const found = record?.findings.map(({ check, kind }) => kind ?? check) ?? []
  return {
    ...answer,
    replies: isCaption && !isSuspended ? [] : answer.replies,
    audit: [
      {
        action: 'guardrails.blocked',
        detail: { wamid: message.wamid, source: sourceOf(question), found, policyVersion, isSuspended },
      },
      ...(isSuspended ? [{ action: 'driver.suspended', detail: { by: 'guardrails', policyVersion } }] : []),
    ],
    notices: noticesOf(guarded, isSuspended),
    guardrails: record ? [record] : [],
    suspends: isSuspended,
    isUnspeakable: true,
  }
}

function told({ message, suspend }: GuardedWords, question: Question, isSuspended: boolean): ToolResult {
  const context = contextOf(question)
  if (isSuspended && suspend) return saying(suspend.message, 'suspended by the guardrails')
  return offering(message ?? context.say.talk.notUnderstood, 'blocked by the guardrails', context)
}

function noticesOf({ tellDispatch, record }: GuardedWords, isSuspended: boolean): NewNotice[] {
  if (!tellDispatch && !isSuspended) return []
  const found = record?.findings.map(({ check, kind }) => (kind ? `${check} (${kind})` : check)) ?? []
  const seen = `The guardrails have blocked a message: ${[...new Set(found)].join(', ')}.`
  const more = ' That was once too often: the driver is suspended until you set him to active.'
  return [
    {
      id: randomUUID(),
      kind: isSuspended ? 'suspended' : 'guardrails',
      priority: isSuspended ? 'urgent' : 'normal',
      text: isSuspended ? seen + more : seen,
    },
  ]
}
