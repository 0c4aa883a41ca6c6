import { randomUUID } from 'node:crypto'
import { outboundReady } from '@waybill/contracts'
import { limitTurn, type Sender, type WaitingMessage } from '@waybill/database'
import { textMessage } from '@waybill/whatsapp'
import type { Admittance } from '../limits/rate-limits.ts'
import { REPLIES } from '../replies/replies.ts'
import type { Session } from '../session/session.ts'
import { languageOf } from './admit-sender.ts'
import { publishHint } from './publish-hint.ts'
import type { TurnDeps } from './turn-deps.ts'

type Refused = Admittance & { kind: 'refused' }
type Turn = {
  conversationId: string
  epoch: string
  messages: readonly WaitingMessage[]
  sender: Sender & { identity: 'known' }
  session: Session | undefined
}

/** Only drivers who are served take from the limits: who is turned away costs next to nothing. */
export function isServed(sender: Sender): sender is Turn['sender'] {
  return sender.identity === 'known' && sender.driver.status === 'active'
}

/**
 * Lets the messages of a turn wait until the limit has room for them. A driver who is over his own limit is told so
 * once in a window; when it is everybody's, he only waits a moment longer.
 */
export async function waitForLimit(
  deps: TurnDeps,
  { scope, waitMs }: Refused,
  { conversationId, epoch, messages, sender, session }: Turn,
): Promise<'fenced' | 'limited'> {
  const { pool, metrics, random, limits } = deps
  const language = session?.language ?? languageOf(sender, messages)
  const last = messages.at(-1)
  const notice =
    scope === 'driver' && last
      ? { message: textMessage(REPLIES[language].limits.slowDown), replyTo: last.wamid }
      : undefined
  const state = await limitTurn(pool, conversationId, {
    epoch,
    limit: {
      turnId: randomUUID(),
      driverId: sender.driver.id,
      scope,
      wamids: messages.map(({ wamid }) => wamid),
      // Not all at the same moment.
      waitMs: Math.ceil(waitMs * (1 + random() / 10)),
      windowMs: limits.windowMs,
      notice,
    },
  })
  metrics.turns.inc({ path: 'none', outcome: state === 'fenced' ? 'fenced' : 'limited' })
  if (state === 'told') await publishHint(deps, outboundReady, { conversationId })
  return state === 'fenced' ? 'fenced' : 'limited'
}
