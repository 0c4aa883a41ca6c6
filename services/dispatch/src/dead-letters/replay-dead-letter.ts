import { conversationReady, dispatchNoticeRaised, QUEUES } from '@waybill/contracts'
import {
  type Pool,
  reviveMessage,
  reviveNotice,
  settleDeadLetter,
  type WholeDeadLetter,
} from '@waybill/database'
import type { Messaging } from '@waybill/messaging'
import { z } from 'zod'

type Deps = { pool: Pool; messaging: Pick<Messaging, 'publish' | 'republish'> }

const messageSchema = z.object({ wamid: z.string() })
const noticeSchema = z.object({ noticeId: z.uuid() })

/**
 * Puts a letter back to where it came from, once the broker has it. Whoever works on it asks again who the driver is and
 * whether it is done already, so a replay that is repeated (a crash between the two steps, two persons) does no harm.
 * `false`: it was settled before.
 */
export async function replayDeadLetter(
  { pool, messaging }: Deps,
  letter: WholeDeadLetter,
  by: string,
): Promise<boolean> {
  if (letter.state !== 'open') return false
  await putBack({ pool, messaging }, letter)
  return settleDeadLetter(pool, letter, { state: 'replayed', by })
}

async function putBack({ pool, messaging }: Deps, letter: WholeDeadLetter): Promise<void> {
  const { queue, body, headers, messageId, correlationId, traceparent } = letter
  const contract = QUEUES.find((it) => it.queue === queue)
  if (!contract) throw new Error(`there is no queue called ${queue} any more: drop the letter`)

  // The row is what was dead. The letter names it.
  const message = contract === conversationReady ? messageSchema.safeParse(jsonOf(body)) : undefined
  if (message?.success) {
    const conversationId = await reviveMessage(pool, message.data.wamid)
    if (conversationId !== undefined) await messaging.publish(conversationReady, { conversationId })
    return
  }
  const notice = contract === dispatchNoticeRaised ? noticeSchema.safeParse(jsonOf(body)) : undefined
  if (notice?.success) {
    if (await reviveNotice(pool, notice.data.noticeId))
      await messaging.publish(dispatchNoticeRaised, notice.data)
    return
  }
  await messaging.republish(contract, body, {
    messageId,
    headers,
    ...(correlationId === null ? {} : { correlationId }),
    ...(traceparent === null ? {} : { traceparent }),
  })
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
