import { randomUUID } from 'node:crypto'
import type { ProofPart } from '@waybill/database'
import { textMessage } from '@waybill/whatsapp'
import { knownStatus } from '../orders/order-status.ts'
import type { Order } from '../orders/order-system.ts'
import { isNamedIn } from '../orders/resolve-order.ts'
import { askWhichProved, attachTo, PROOF_OPEN_MS, type SessionProof } from '../tools/attach-proof.ts'
import type { ToolContext, ToolResult } from '../tools/tool.ts'
import { listedIds } from '../tools/which-order.ts'
import { normalize, numberIn } from '../understand/normalize.ts'

export type Sent = {
  part: ProofPart
  /** The driver's words under a photo. */
  caption?: string | undefined
  /** Orders of the message that it replies to. */
  quotedOrderIds?: readonly string[] | undefined
}

/** What is sent in one go belongs together, whatever was spoken of meanwhile. */
const ALBUM_MS = 60_000
/** Of one album the caption may come last. */
const ONE_GO_MS = 5_000
const PARTS_MAX = 100

/** Keeps a part of a proof of delivery: with the order that it names, or that was spoken of last; else asks. */
export async function keepProof(sent: Sent, context: ToolContext): Promise<ToolResult> {
  const { say, session, today, book } = context
  const { part } = sent
  const day = await book.on(today)
  const orders = day?.orders ?? []
  const named = namedBy(sent, orders, context)
  const implied = impliedBy(context, orders)
  const only = named.length === 1 ? named[0] : undefined
  const isMore = session.proof !== null && belongsTo(session.proof, { part, named, implied, today })
  const proof = extended(isMore ? session.proof : null, part, today)
  const parts = [part]
  const kept = { id: proof.id, orderDate: proof.date, parts, passOn: [] }

  if (only) return attachTo({ order: only }, proof, context, { parts, isSure: true })
  if (named.length > 1) return waiting(askWhichProved(named, proof, context), proof, kept)
  if (proof.orderId !== null) {
    const order = orders.find(({ id }) => id === proof.orderId)
    const target = order ? { order } : { orderId: proof.orderId }
    return attachTo(target, proof, context, { parts, isSure: proof.isSure })
  }
  if (implied) {
    return attachTo({ order: implied }, proof, context, { parts, isSure: orders.length === 1 })
  }
  if (day) return waiting(askWhichProved(orders, proof, context), proof, kept)
  const text = say.media.proof.unreachable({ what: say.media.proof.what(proof) })
  return waiting(
    { replies: [textMessage(text)], summary: 'kept a proof; order system unreachable' },
    proof,
    kept,
  )
}

function waiting(
  result: ToolResult,
  proof: SessionProof,
  kept: NonNullable<ToolResult['proofs']>[number],
): ToolResult {
  return { ...result, proofs: [kept], remember: { ...result.remember, proof } }
}

/** The orders that the driver names: in the caption, or by replying to a message about them. */
function namedBy(
  { caption, quotedOrderIds = [] }: Sent,
  orders: readonly Order[],
  context: ToolContext,
): Order[] {
  const named = caption === undefined ? [] : orders.filter((order) => isNamedIn(caption, order, orders, []))
  if (named.length > 0) return named
  // "2" is a place in the list only by itself: "left 2 boxes" is not.
  const words = normalize(caption ?? '')
  const place = words.split(' ').length <= 3 ? numberIn(words) : undefined
  const isBare = words.replace(/\b(?:order|stop|number|pedido|parada|orden|the|o|a|el|la)\b/g, '').trim()
  const listed = place !== undefined && !isBare.includes(' ') ? listedIds(context)[place - 1] : undefined
  if (listed !== undefined) return orders.filter(({ id }) => id === listed)
  return orders.filter(({ id }) => quotedOrderIds.includes(id))
}

/** The order that a photo without a word is for: where the driver is, or what was spoken of last. */
function impliedBy({ session, today, isLate }: ToolContext, orders: readonly Order[]): Order | undefined {
  if (orders.length === 1) return orders[0]
  // It was taken when something else may have been spoken of.
  if (isLate) return undefined
  const arrived = orders.filter((order) => knownStatus(order) === 'arrived')
  const focus = orders.find(({ id }) => session.focus?.date === today && session.focus.orderId === id)
  const isThere = focus && (arrived.includes(focus) || knownStatus(focus) === 'delivered')
  if (focus && (isThere || arrived.length === 0)) return focus
  return arrived.length === 1 ? arrived[0] : undefined
}

function belongsTo(
  proof: SessionProof,
  {
    part,
    named,
    implied,
    today,
  }: { part: ProofPart; named: readonly Order[]; implied: Order | undefined; today: string },
): boolean {
  const gapMs = Math.abs(part.sentAt - proof.sentAt)
  if (proof.date !== today || gapMs > PROOF_OPEN_MS || proof.wamids.length >= PARTS_MAX) return false
  if (proof.orderId === null) return true
  if (named.length > 0) {
    const isUnnamedYet = !proof.isSure && gapMs <= ONE_GO_MS
    return isUnnamedYet || named.some(({ id }) => id === proof.orderId)
  }
  return gapMs <= ALBUM_MS || implied === undefined || implied.id === proof.orderId
}

function extended(proof: SessionProof | null, part: ProofPart, today: string): SessionProof {
  const before = proof ?? {
    ...{ id: randomUUID(), orderId: null, isSure: false, date: today, sentAt: 0 },
    ...{ photos: 0, documents: 0, hasLocation: false, wamids: [] },
  }
  return {
    ...before,
    sentAt: Math.max(before.sentAt, part.sentAt),
    photos: before.photos + (part.kind === 'photo' ? 1 : 0),
    documents: before.documents + (part.kind === 'document' ? 1 : 0),
    hasLocation: before.hasLocation || part.kind === 'location',
    wamids: [...before.wamids, part.wamid],
  }
}
