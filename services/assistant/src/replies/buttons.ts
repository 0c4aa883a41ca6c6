import { buttonsMessage, type OutboundMessage } from '@waybill/whatsapp'
import type { Order } from '../orders/order-system.ts'

export type TapAction =
  | 'orders'
  | 'page'
  | 'details'
  | 'confirm'
  | 'keep'
  | 'next'
  | 'help'
  | 'accept'
  | 'decline'
  | 'undo'
  | 'person'
  | 'language'
  | 'proof'
  | 'confirmall'
  | 'keepall'
  | 'report'
export type Tap = { action: TapAction; target: string; date: string }

const ACTIONS: readonly string[] = [
  'orders',
  'page',
  'details',
  'confirm',
  'keep',
  'next',
  'help',
  'accept',
  'decline',
  'undo',
  'person',
  'language',
  'proof',
  'confirmall',
  'keepall',
  'report',
] satisfies TapAction[]

/** Ids of buttons and rows: `<action>:<order or command id>:<date of the day on which they were shown>`. */
export function tapId({ action, target, date }: Tap): string {
  return `${action}:${target}:${date}`
}

export function parseTapId(id: string): Tap | undefined {
  const parts = /^([a-z]+):([^:]+):(\d{4}-\d\d-\d\d)$/.exec(id)
  const [, action, target, date] = parts ?? []
  if (!isAction(action) || target === undefined || date === undefined) return undefined
  return { action, target, date }
}

function isAction(value: string | undefined): value is TapAction {
  return value !== undefined && ACTIONS.includes(value)
}

/** A target for what is about no order. */
export const NO_ORDER = '-'

export type Button = { action: TapAction; target: string; title: string }

export function withButtons(body: string, date: string, buttons: readonly Button[]): OutboundMessage {
  return buttonsMessage({
    body,
    buttons: buttons.map(({ action, target, title }) => ({ id: tapId({ action, target, date }), title })),
  })
}

/** `#12345 Tech Corp Inc`, cut to what a button holds where it is built. */
export function orderTitle(order: Order): string {
  return `${orderRefOf(order)} ${order.customer.name}`
}

export function orderRefOf({ id }: Pick<Order, 'id'>): string {
  return `#${id}`
}
