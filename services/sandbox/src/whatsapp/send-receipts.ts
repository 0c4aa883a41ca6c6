import type { ChatMessage, Chats } from './chats.ts'
import type { WebhookDelivery } from './deliver-webhooks.ts'
import type { Person } from './people.ts'
import { type BusinessNumber, contactOf, statusOf, webhookBytes } from './webhook-body.ts'

/** Milliseconds from acceptance; null keeps that receipt back. `failWith` fails every message instead. */
export type ReceiptSettings = {
  sent: number | null
  delivered: number | null
  read: number | null
  failWith: { code: number; title: string } | null
}

export const DEFAULT_RECEIPTS: ReceiptSettings = { sent: 30, delivered: 90, read: 400, failWith: null }

// Meta puts receipts that come close together into one webhook.
const BATCH_WAIT_MS = 10
const BATCH_MAX = 100

type Options = {
  business: BusinessNumber
  chats: Chats
  delivery: WebhookDelivery
  now: () => number
}
type Receipt = { status: Record<string, unknown>; person: Person }
export type Receipts = ReturnType<typeof createReceipts>

export function createReceipts({ business, chats, delivery, now }: Options) {
  const timers = new Set<NodeJS.Timeout>()
  let settings = DEFAULT_RECEIPTS
  let waiting: Receipt[] = []
  let flushTimer: NodeJS.Timeout | undefined

  function later(delayMs: number | null, act: () => void) {
    if (delayMs === null) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      act()
    }, delayMs)
    timers.add(timer)
  }

  function advance(message: ChatMessage, person: Person, status: 'sent' | 'delivered' | 'read') {
    if (!chats.advance(message, status)) return
    push({ status: statusOf(message, person, status, now()), person })
  }

  function fail(message: ChatMessage, person: Person, { code, title }: { code: number; title: string }) {
    if (!chats.advance(message, 'failed')) return
    const errors = [{ code, title, message: title, error_data: { details: title } }]
    push({ status: { ...statusOf(message, person, 'failed', now()), errors }, person })
  }

  function push(receipt: Receipt) {
    waiting.push(receipt)
    if (waiting.length >= BATCH_MAX) flush()
    else flushTimer ??= setTimeout(flush, BATCH_WAIT_MS)
  }

  function flush() {
    clearTimeout(flushTimer)
    flushTimer = undefined
    if (waiting.length === 0) return
    const people = new Map(waiting.map(({ person }) => [person.phone, person]))
    const value = {
      contacts: [...people.values()].map((person) => contactOf(person)),
      statuses: waiting.map(({ status }) => status),
    }
    waiting = []
    delivery.deliver(webhookBytes(business, value))
  }

  function clear() {
    for (const timer of timers) clearTimeout(timer)
    timers.clear()
    clearTimeout(flushTimer)
    flushTimer = undefined
    waiting = []
  }

  return {
    /** Starts the receipts of a message that was just accepted. */
    schedule(message: ChatMessage, person: Person) {
      const { failWith } = settings
      later(settings.sent, () => advance(message, person, 'sent'))
      if (failWith) {
        later(settings.delivered, () => fail(message, person, failWith))
        return
      }
      later(settings.delivered, () => advance(message, person, 'delivered'))
      later(settings.read, () => advance(message, person, 'read'))
    },
    /** The driver looks at the chat: everything in it is read. */
    readAll(person: Person) {
      for (const message of chats.list(person.phone, undefined)) {
        if (message.direction === 'outbound' && message.status !== 'failed') advance(message, person, 'read')
      }
    },
    get settings() {
      return settings
    },
    set settings(next: ReceiptSettings) {
      settings = next
    },
    reset() {
      clear()
      settings = DEFAULT_RECEIPTS
    },
    [Symbol.dispose]: clear,
  }
}
