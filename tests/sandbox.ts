import { eventually } from '@waybill/test-kit'
import { z } from 'zod'

const shownSchema = z.looseObject({
  wamid: z.string(),
  direction: z.enum(['inbound', 'outbound']),
  type: z.string(),
  text: z.string().optional(),
  status: z.string(),
  context: z.object({ id: z.string() }).optional(),
  interactive: z.unknown().optional(),
  biz_opaque_callback_data: z.string().optional(),
  cursor: z.number(),
  timestamps: z.record(z.string(), z.number()),
})
/** A bubble on a driver's phone. */
export type Shown = z.output<typeof shownSchema>

const screenSchema = z.object({ messages: z.array(shownSchema), typing: z.boolean() })

const daySchema = z.object({
  orders: z.array(
    z.looseObject({
      id: z.string(),
      customer: z.looseObject({ name: z.string() }),
      address: z.looseObject({ line: z.string() }),
      window: z.object({ start: z.string(), end: z.string() }),
      status: z.string(),
    }),
  ),
})
const ordersSchema = z.object({ today: daySchema, tomorrow: daySchema })

const callsSchema = z.object({ calls: z.record(z.string(), z.record(z.string(), z.number())) })

export type Upstream = 'whatsapp' | 'openrouter' | 'orders' | 'dispatch'

/** The outside world of a stack, through its control API. */
export function sandboxAt(url: string) {
  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${url}/sandbox${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }

  return {
    /** A driver with a phone in hand. */
    phone(phone: string) {
      const path = `/drivers/${phone}/messages`
      const screen = async () => screenSchema.parse(await call('GET', path))
      const shown = async (): Promise<Shown[]> => (await screen()).messages
      const send = async (message: string | object): Promise<string[]> => {
        const body = typeof message === 'string' ? { type: 'text', text: message } : message
        return z.object({ wamids: z.array(z.string()) }).parse(await call('POST', path, body)).wamids
      }
      const isAcked = async (wamids: readonly string[]) => {
        const waiting = (await shown()).filter(
          ({ wamid, status }) => wamids.includes(wamid) && status === 'sent',
        )
        return waiting.length === 0
      }
      const answers = async () => (await shown()).filter(({ direction }) => direction === 'outbound')
      return {
        send,
        /** On the phone, but not on its way: the webhook is for the caller to post. */
        async write(message: object): Promise<{ wamids: string[]; webhook: string }> {
          const { wamids, webhooks } = z
            .object({ wamids: z.array(z.string()), webhooks: z.tuple([z.string()]) })
            .parse(await call('POST', path, { ...message, deliver: false }))
          return { wamids, webhook: webhooks[0] }
        },
        /** Resolves when WhatsApp got its 200: what is sent after that has certainly been sent later. */
        async sendAcked(message: string | object): Promise<string[]> {
          const wamids = await send(message)
          await eventually(() => isAcked(wamids), {
            what: 'the webhook to be acknowledged',
            timeoutMs: 30_000,
          })
          return wamids
        },
        answers,
        /** Everything that the phone shows, in both directions. */
        all: shown,
        /** "typing…" is on the screen. */
        isTyping: async () => (await screen()).typing,
        /** Sends, and waits for the next thing that the phone shows in answer. */
        async ask(message: string | object, timeoutMs = 15_000): Promise<Shown> {
          const before = (await answers()).length
          await send(message)
          return eventually(async () => (await answers())[before], {
            timeoutMs,
            what: `an answer on ${phone}`,
          })
        },
      }
    },
    setFaults: (upstream: Upstream, faults: object) => call('PUT', `/faults/${upstream}`, faults),
    /** What the order system has for a driver, today and tomorrow. */
    ordersOf: async (phone: string) => {
      const { today, tomorrow } = ordersSchema.parse(await call('GET', `/drivers/${phone}/orders`))
      return { today: today.orders, tomorrow: tomorrow.orders }
    },
    /** Something happens in the order system, and it says so. */
    raise: (event: object) => call('POST', '/order-events', event),
    setTemplate: (name: string, language: string, to: { status: string; isSilent?: boolean }) =>
      call('PUT', `/templates/${name}/${language}`, to),
    /** How often WhatsApp refused with a code. */
    async refusals(code: number): Promise<number> {
      const refused = z.object({ refused: z.record(z.string(), z.number()) })
      const { whatsapp } = z.object({ whatsapp: refused }).parse(await call('GET', '/stats'))
      return whatsapp.refused[code] ?? 0
    },
    /** Signs a body and posts it to the front door, once. */
    postWebhook: (body: string) =>
      fetch(`${url}/sandbox/webhooks`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      }).then((answer) => answer.json()),
    setReceipts: (receipts: object) => call('PUT', '/receipts', receipts),
    setLimits: (limits: object) => call('PUT', '/limits', limits),
    /** How often an upstream was called, whatever came of it. */
    async calls(upstream: Upstream): Promise<number> {
      const stats = z.record(z.string(), z.unknown()).parse(await call('GET', '/stats'))
      const operations = Object.values(callsSchema.parse(stats[upstream]).calls)
      return operations.flatMap((outcomes) => Object.values(outcomes)).reduce((sum, count) => sum + count, 0)
    },
    drivers: async () =>
      z
        .object({ drivers: z.array(z.looseObject({ id: z.string(), name: z.string(), phone: z.string() })) })
        .parse(await call('GET', '/drivers')).drivers,
    /** What dispatchers were told, oldest first. */
    notices: async () =>
      z
        .object({
          notices: z.array(
            z.object({
              body: z.looseObject({
                driver_id: z.string(),
                action: z.string(),
                reason: z.string().optional(),
              }),
            }),
          ),
        })
        .parse(await call('GET', '/dispatch'))
        .notices.map(({ body }) => body),
    orderWrites: async () =>
      z
        .object({
          writes: z.array(
            z.looseObject({
              at: z.number(),
              idempotencyKey: z.string().nullish(),
              driverId: z.string().optional(),
              action: z.string().optional(),
            }),
          ),
        })
        .parse(await call('GET', '/orders/log')).writes,
  }
}
