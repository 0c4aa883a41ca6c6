import type { ProofPart } from '@waybill/database'
import { textMessage } from '@waybill/whatsapp'
import { distanceToStop } from '../orders/distance.ts'
import { dayOf } from '../orders/local-view.ts'
import { isCancelled } from '../orders/order-status.ts'
import type { Order } from '../orders/order-system.ts'
import { isNamedIn, resolveOrder } from '../orders/resolve-order.ts'
import { NO_ORDER, orderRefOf, withButtons } from '../replies/buttons.ts'
import { distanceText } from '../replies/distance-text.ts'
import { paragraphs } from '../replies/render-orders.ts'
import type { Session } from '../session/session.ts'
import { isHedged } from '../understand/hedged-words.ts'
import { notFound } from './not-found.ts'
import { defineTool, orderRef, type ToolContext, type ToolResult, toolArgs } from './tool.ts'
import { askWhich, listedIds } from './which-order.ts'

export type SessionProof = NonNullable<Session['proof']>

/** A place and what is proved there belong together when they were sent within this time. */
export const PROOF_OPEN_MS = 10 * 60_000

export const attachProof = defineTool({
  name: 'attach_proof',
  description:
    'Says which order the photo, document or location is for that the driver has just sent as proof of delivery. Only when the driver speaks of a photo, picture, document, signature or proof and names the order. Never for a delivery itself.',
  args: toolArgs({ order_ref: orderRef.optional() }),
  permission: undefined,
  tier: 'reversible',
  async run(context, { order_ref: ref }) {
    const { say, session, today, source, words } = context
    const { proof } = session
    const day = await dayOf(context)
    if (proof?.date !== today) return nothingYet(ref, day?.orders ?? [], context)
    if (!day) return { replies: [textMessage(say.orders.unreachable)], summary: 'order system unreachable' }
    const others = day.orders.filter(({ id }) => id !== proof.orderId)
    if (ref === undefined) return askWhichProved(others, proof, context)
    const listed = listedIds(context)
    const [order, ...more] = resolveOrder(ref, day.orders, listed)
    if (!order) return { ...notFound(ref, context), remember: { pendingQuestion: session.pendingQuestion } }
    if (more.length > 0) return askWhichProved([order, ...more], proof, context)
    const isClear = source === 'fast' || (!isHedged(words) && isNamedIn(words, order, day.orders, listed))
    return isClear
      ? attachTo({ order }, proof, context, { parts: [], isSure: true })
      : askWhichProved(others, proof, context)
  },
})

/** "This is the photo for 12345", and then the photo: it is spoken of before it is there. */
function nothingYet(ref: string | undefined, orders: readonly Order[], context: ToolContext): ToolResult {
  const { say, today } = context
  const [order, ...others] = ref === undefined ? [] : resolveOrder(ref, orders, listedIds(context))
  const focus = order && others.length === 0 ? { orderId: order.id, date: today } : undefined
  return {
    replies: [textMessage(say.media.proof.nothingWaiting)],
    summary: 'no proof to attach',
    ...(focus ? { remember: { focus } } : {}),
  }
}

/** The order by its id where the order system can't be asked about it. */
type Target = { order: Order } | { orderId: string }

/** Attaches what was kept, or what is new of it. Not sure: the driver can say that it is for another order. */
export function attachTo(
  target: Target,
  proof: SessionProof,
  context: ToolContext,
  { parts, isSure }: { parts: readonly ProofPart[]; isSure: boolean },
): ToolResult {
  const { say, language, today } = context
  const order = 'order' in target ? target.order : undefined
  const orderId = 'order' in target ? target.order.id : target.orderId
  const place = placeOf(proof, context)
  const distanceM = order && distanceToStop(place, order)
  const isSame = proof.orderId === orderId
  const isMoved = proof.orderId !== null && !isSame
  const ref = order ? `${orderRefOf(order)} (${order.customer.name})` : orderRefOf({ id: orderId })
  const about = { what: say.media.proof.what(proof), ref }
  const text = paragraphs(
    isMoved ? say.media.proof.moved(about) : say.media.proof.kept(about),
    distanceM === undefined
      ? undefined
      : say.media.proof.located({ distance: distanceText(distanceM, language) }),
  )
  const button = { action: 'proof', target: NO_ORDER, title: say.media.proof.otherOrder } as const
  return {
    replies: [isSure ? textMessage(text) : withButtons(text, today, [button])],
    summary: `kept a proof for order #${orderId}`,
    proofs: [
      {
        ...{ id: proof.id, orderId, orderDate: proof.date, place, distanceM, parts },
        passOn: isSame ? parts.map(({ wamid }) => wamid) : proof.wamids,
      },
    ],
    remember: { proof: { ...proof, orderId, isSure }, focus: { orderId, date: today } },
  }
}

/** Where the driver was then, as far as he has said. */
function placeOf(proof: SessionProof, { session: { place } }: ToolContext) {
  if (!place || Math.abs(place.at - proof.sentAt) > PROOF_OPEN_MS) return undefined
  return { latitude: place.latitude, longitude: place.longitude }
}

export function askWhichProved(
  candidates: readonly Order[],
  proof: SessionProof,
  context: ToolContext,
): ToolResult {
  const { say } = context
  const open = candidates.filter((order) => !isCancelled(order))
  const what = say.media.proof.what(proof)
  if (open.length === 0) {
    return { replies: [textMessage(say.media.proof.noOrders({ what }))], summary: 'no order to prove' }
  }
  return askWhich(context, { tool: 'attach_proof', text: say.media.proof.which({ what }), candidates: open })
}
