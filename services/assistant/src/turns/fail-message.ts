import { randomUUID } from 'node:crypto'
import { conversationReady, outboundReady } from '@waybill/contracts'
import { failTurn } from '@waybill/database'
import { textMessage } from '@waybill/whatsapp'
import { REPLIES } from '../replies/replies.ts'
import { languageFor } from './apology-language.ts'
import type { TurnDraft } from './draft-turn.ts'
import { publishHint } from './publish-hint.ts'
import { ATTEMPTS_MAX, type TurnDeps } from './turn-deps.ts'

type Held = { conversationId: string; epoch: string }
type Failure = NonNullable<TurnDraft['failure']>
export type FailMessage = (
  held: Held,
  draft: TurnDraft | undefined,
  failure: Failure,
) => Promise<'fenced' | 'retry' | 'dead'>

const BACKOFF_MS_MIN = 500
const BACKOFF_MS_MAX = 60_000

/** Writes down that a message could not be answered: the conversation backs off, or the message is set aside for a person. */
export function failMessage(deps: TurnDeps): FailMessage {
  const { pool, messaging, metrics, log, random } = deps

  return async ({ conversationId, epoch }, draft, { message, untried, error, modelCalls }) => {
    const { wamid, attempts } = message
    const reason = error instanceof Error ? error.message : String(error)
    const isLast = attempts >= ATTEMPTS_MAX
    log.warn({ err: error, conversationId, wamid, attempts }, 'a message could not be answered')
    if (isLast) {
      // Before the row is closed: a crash in between leaves two dead letters and never none.
      const letter = JSON.stringify({ conversationId, wamid, reason, attempts })
      await messaging.deadLetter(conversationReady, Buffer.from(letter), reason, { messageId: wamid })
    }
    const language = draft?.language ?? (isLast ? await languageFor(pool, conversationId, message) : 'en')
    const state = await failTurn(pool, conversationId, {
      epoch,
      attemptsMax: ATTEMPTS_MAX,
      failure: {
        turnId: randomUUID(),
        wamid,
        error: reason,
        backoffMs: backoffMs(attempts, random),
        untried: untried.map((it) => it.wamid),
        apology: { message: textMessage(REPLIES[language].talk.apology), replyTo: wamid },
        modelCalls,
      },
    })
    metrics.turns.inc({ path: draft?.path ?? 'none', outcome: state === 'retry' ? 'failed' : state })
    if (state === 'fenced') metrics.fenced.inc({ lane: 'inbound' })
    if (state === 'dead') await publishHint(deps, outboundReady, { conversationId })
    return state
  }
}

/** 0.5 s, 1 s, 2 s … one minute, less up to a half of it. */
export function backoffMs(attempts: number, random: () => number): number {
  const ceilingMs = Math.min(BACKOFF_MS_MIN * 2 ** (attempts - 1), BACKOFF_MS_MAX)
  return Math.round(ceilingMs / 2 + (random() * ceilingMs) / 2)
}
