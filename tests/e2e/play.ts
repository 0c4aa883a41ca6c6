import { eventually } from '@waybill/test-kit'
import { z } from 'zod'
import type { Shown, sandboxAt } from '../sandbox.ts'
import type { Conversation, Step } from './conversation-file.ts'
import { inventedIn } from './grounding.ts'

type Sandbox = ReturnType<typeof sandboxAt>
export type Cast = { driverId: string; phone: string; timeZone: string }

/** `undoIsOver`: as if the time were over in which a driver can take back what was said. */
export type Stage = { sandbox: Sandbox; undoIsOver: (cast: Cast) => Promise<void> }

const ANSWER_MS_MAX = 30_000

const choice = z.object({ id: z.string(), title: z.string(), description: z.string().optional() })
const interactive = z.object({
  type: z.string(),
  action: z.object({
    buttons: z.array(z.object({ reply: choice })).default([]),
    sections: z.array(z.object({ rows: z.array(choice) })).default([]),
  }),
})
const template = z.object({
  template: z.object({
    components: z
      .array(
        z.looseObject({ parameters: z.array(z.looseObject({ payload: z.string().optional() })).optional() }),
      )
      .optional(),
  }),
})

/** Plays a conversation from first to last, and returns everything that was not as written, with the transcript. */
export async function play(
  conversation: Conversation,
  cast: Cast,
  { sandbox, undoIsOver }: Stage,
): Promise<string[]> {
  const phone = sandbox.phone(cast.phone)
  const problems: string[] = []
  const transcript: string[] = []
  const words: string[] = []
  let answered = 0

  for (const [index, step] of conversation.steps.entries()) {
    const where = `step ${index + 1}`
    const orders = await sandbox.ordersOf(cast.phone)
    const filled = fill(step, [...orders.today, ...orders.tomorrow])
    transcript.push(`> ${JSON.stringify(filled)}`)
    words.push(JSON.stringify(filled))
    try {
      await take(filled, cast, sandbox)
      if (filled.silent) continue
      const shown = await answerTo(filled, () => phone.answers(), answered)
      answered += shown.length
      const text = shown.map(readable).join('\n')
      transcript.push(text)
      problems.push(...differences(filled, shown, text).map((it) => `${where}: ${it}`))
      const now = await sandbox.ordersOf(cast.phone)
      const ground = {
        orders: [...orders.today, ...orders.tomorrow, ...now.today],
        timeZone: cast.timeZone,
        at: Date.now(),
        words,
      }
      problems.push(...inventedIn(text, ground).map((it) => `${where}: invented: ${it}`))
    } catch (error) {
      problems.push(`${where}: ${error instanceof Error ? error.message : String(error)}`)
      break
    }
  }
  await undoIsOver(cast)
  problems.push(...(await outcomeOf(conversation, cast, sandbox)))
  const tooMuch = (await phone.answers()).slice(answered)
  if (tooMuch.length > 0 && problems.length === 0)
    problems.push(`not expected: ${tooMuch.map(readable).join('\n')}`)
  if (problems.length === 0) return []
  return [
    `${conversation.file}:${conversation.line} ${conversation.name}`,
    ...problems,
    '--- transcript',
    ...transcript,
  ]
}

/** Until everything that shall be shown is: an answer may come in two messages. */
async function answerTo(step: Step, answers: () => Promise<Shown[]>, from: number): Promise<Shown[]> {
  let seen: Shown[] = []
  const isComplete = async () => {
    seen = (await answers()).slice(from)
    const text = seen.map(readable).join('\n')
    const isShown = (step.shows ?? []).every((it) => text.includes(it))
    return seen.length > 0 && isShown && (step.buttons ?? []).every((it) => titlesOf(seen).includes(it))
  }
  await eventually(isComplete, { what: 'the answer', timeoutMs: ANSWER_MS_MAX }).catch(() => {})
  if (seen.length === 0) throw new Error('no answer')
  return seen
}

function differences(step: Step, shown: readonly Shown[], text: string): string[] {
  const titles = titlesOf(shown)
  return [
    ...(step.shows ?? []).flatMap((it) => (text.includes(it) ? [] : [`does not show ${JSON.stringify(it)}`])),
    ...(step.not ?? []).flatMap((it) => (text.includes(it) ? [`shows ${JSON.stringify(it)}`] : [])),
    ...(step.buttons ?? []).flatMap((it) =>
      titles.includes(it) ? [] : [`no button ${it}, but ${titles.join(', ')}`],
    ),
    ...(step.type && !shown.some(({ type }) => type === step.type)
      ? [`no message of type ${step.type}`]
      : []),
  ]
}

async function take(step: Step, { driverId, phone: number }: Cast, sandbox: Sandbox): Promise<void> {
  const phone = sandbox.phone(number)
  const last = async () => (await phone.answers()).at(-1)
  const mine = async () => (await phone.all()).findLast(({ direction }) => direction === 'inbound')?.wamid
  const send = (message: string | object) => phone.sendAcked(message)
  if ('event' in step) return void (await sandbox.raise({ driver_id: driverId, ...step.event }))
  if ('tap' in step) return void (await send(tapOn(step.tap, await phone.answers())))
  if ('react' in step) {
    return void (await send({
      type: 'reaction',
      reaction: { message_id: (await last())?.wamid, emoji: step.react },
    }))
  }
  if ('edit' in step) {
    const message = { type: 'text', text: { body: step.edit } }
    return void (await send({ type: 'edit', edit: { original_message_id: await mine(), message } }))
  }
  if ('delete' in step)
    return void (await send({ type: 'revoke', revoke: { original_message_id: await mine() } }))
  if ('send' in step) return void (await send(step.send))
  if ('quote' in step) {
    const quoted = (await phone.all()).findLast((it) => readable(it).includes(step.quote))
    if (!quoted) throw new Error(`there is nothing to quote with ${step.quote}`)
    return void (await send({ type: 'text', text: step.say, context: { id: quoted.wamid } }))
  }
  const timestamp =
    step.late === undefined ? {} : { timestamp: Math.floor(Date.now() / 1_000) - step.late * 60 }
  await send({ type: 'text', text: step.say, ...timestamp })
}

/** What a tap on a button, on a row, or on a template's quick reply sends. The newest message that offers it. */
function tapOn(title: string, answers: readonly Shown[]): object {
  for (const shown of answers.toReversed()) {
    const found = choicesOf(shown).find(({ isNamed }) => isNamed(title))
    if (found) return found.message
  }
  throw new Error(`there is nothing to tap on with the title ${title}`)
}

type Choice = { title: string; isNamed: (title: string) => boolean; message: object }

/** What there is to tap on in a bubble, from top to bottom, and what the tap sends. */
export function choicesOf(shown: Shown): Choice[] {
  const action = interactive.safeParse(shown.interactive).data?.action
  const buttons = action?.buttons.map(({ reply }) => ({
    title: reply.title,
    isNamed: (title: string) => reply.title === title,
    message: { type: 'interactive', interactive: { type: 'button_reply', button_reply: reply } },
  }))
  const rows = action?.sections.flatMap((section) =>
    section.rows.map((row) => ({
      title: row.title,
      isNamed: (title: string) => row.title.includes(title),
      message: { type: 'interactive', interactive: { type: 'list_reply', list_reply: row } },
    })),
  )
  const payloads = template
    .safeParse(shown)
    .data?.template.components?.flatMap((it) => it.parameters?.flatMap(({ payload }) => payload ?? []) ?? [])
  const quickReplies = payloads?.map((payload) => ({
    title: payload,
    isNamed: (title: string) => payload.startsWith(title),
    message: { type: 'button', button: { payload, text: payload } },
  }))
  return [...(buttons ?? []), ...(rows ?? []), ...(quickReplies ?? [])]
}

async function outcomeOf(
  { writes, dispatch }: Conversation,
  { driverId, phone }: Cast,
  sandbox: Sandbox,
): Promise<string[]> {
  const orders = await sandbox.ordersOf(phone)
  const all = [...orders.today, ...orders.tomorrow]
  const written = async () => (await sandbox.orderWrites()).filter((it) => it.driverId === driverId)
  const told = async () => (await sandbox.notices()).filter((it) => it.driver_id === driverId)
  const wanted = fill(writes, all)
  await eventually(async () => (await written()).length >= wanted.length, {
    what: 'writes',
    timeoutMs: ANSWER_MS_MAX,
  }).catch(() => {})
  await eventually(async () => (await told()).length >= dispatch.length, {
    what: 'notices',
    timeoutMs: ANSWER_MS_MAX,
  }).catch(() => {})
  const actual = await written()
  const keyless = actual.filter(({ idempotencyKey }) => !idempotencyKey)
  return [
    ...compared('the order system knows', actual, wanted, true),
    ...compared('dispatch was told', await told(), fill(dispatch, all), false),
    ...keyless.map((it) => `a write without an idempotency key: ${JSON.stringify(it)}`),
  ]
}

function compared(
  what: string,
  actual: readonly unknown[],
  wanted: readonly unknown[],
  isOrdered: boolean,
): string[] {
  const left = [...actual]
  const isSame =
    actual.length === wanted.length &&
    wanted.every((it, index) => {
      const place = isOrdered ? 0 : left.findIndex((one) => holds(one, it))
      return place >= 0 && holds(left.splice(place, 1)[0], it) && index >= 0
    })
  return isSame ? [] : [`${what}: ${JSON.stringify(actual)}\n  and not: ${JSON.stringify(wanted)}`]
}

function holds(actual: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return actual === wanted
  if (typeof actual !== 'object' || actual === null) return false
  return Object.entries(wanted).every(([key, value]) => holds(Reflect.get(actual, key), value))
}

type Order = { id: string; customer: { name: string }; address: { line: string } }

/** `{1.id}`, `{2.customer}`, `{3.address}`: of the driver's orders of today, and then those of tomorrow. */
export function fill<T>(value: T, orders: readonly Order[]): T {
  return JSON.parse(
    JSON.stringify(value).replaceAll(/\{(\d+)\.(id|customer|address)\}/g, (placeholder, place, field) => {
      const order = orders[Number(place) - 1]
      if (!order) throw new Error(`there is no order for ${placeholder}`)
      const text = field === 'id' ? order.id : field === 'customer' ? order.customer.name : order.address.line
      return JSON.stringify(text).slice(1, -1)
    }),
  )
}

const titlesOf = (shown: readonly Shown[]) => shown.flatMap(choicesOf).map(({ title }) => title)

/** A bubble as text, with what its rows say. */
export function readable(shown: Shown): string {
  const rows = interactive.safeParse(shown.interactive).data?.action.sections.flatMap((it) => it.rows) ?? []
  return [shown.text ?? '', ...rows.map(({ title, description }) => `${title}\n   ${description ?? ''}`)]
    .join('\n')
    .trim()
}
