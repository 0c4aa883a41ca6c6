import type { Driver } from '@waybill/database'
import type { OutboundMessage } from '@waybill/whatsapp'
import type { DayPlan, Order } from '../orders/order-system.ts'
import { NO_ORDER, tapId, withButtons } from '../replies/buttons.ts'
import { clockTime } from '../replies/local-time.ts'
import { firstName } from '../replies/render-orders.ts'
import { REPLIES } from '../replies/replies.ts'
import { templatesFor } from '../replies/templates.ts'
import type { Language } from '../session/session.ts'

type Day = {
  driver: Pick<Driver, 'name' | 'timeZone'>
  language: Language
  date: string
  orders: readonly [Order, ...Order[]]
} & Pick<DayPlan, 'notes' | 'weather'>

/** Approved with two quick replies; its time to live is the template's own and set to two hours there. */
const TEMPLATE = 'morning_check_in'
// Three of them, the question and an address stay below the 1,024 characters of a message with buttons.
const TOO_LONG = /^(.{179}).{2,}$/su

/** The question of the morning inside the 24-hour window: with buttons. */
export function renderCheckIn(day: Day, step: 'ask' | 'remind'): OutboundMessage {
  const say = REPLIES[day.language]
  const { name, place, window } = firstStopOf(day)
  const words = {
    name: firstName(day.driver.name),
    count: day.orders.length,
    firstStop: [`${name}, ${place} (${window})`, ...remarksOf(day)].join('\n'),
  }
  const text = step === 'ask' ? say.route.checkIn(words) : say.route.reminder(words)
  return withButtons(text, day.date, [
    { action: 'accept', target: NO_ORDER, title: say.buttons.accept },
    { action: 'decline', target: NO_ORDER, title: say.buttons.decline },
  ])
}

/** The same question outside the window, where WhatsApp lets only an approved template through. */
export function checkInTemplates(day: Day): OutboundMessage[] {
  const payloads = (['accept', 'decline'] as const).map((action) =>
    tapId({ action, target: NO_ORDER, date: day.date }),
  )
  return templatesFor(TEMPLATE, day.language, (language) => {
    const { name, place, window } = firstStopOf({ ...day, language })
    return {
      parameters: [firstName(day.driver.name), String(day.orders.length), `${name}, ${place}`, window],
      payloads,
    }
  })
}

/** What the order system has to say, in its own words: of the first stop, of the day, of the weather. */
function remarksOf({ orders: [first], notes, weather, language }: Day): string[] {
  const words = typeof weather === 'string' ? weather : (weather?.[language] ?? weather?.en)
  return [
    ...(first.notes ? [`📝 ${cut(first.notes)}`] : []),
    ...(notes ? [`🗒️ ${cut(notes)}`] : []),
    ...(words ? [`🌦️ ${cut(words)}`] : []),
  ]
}

function cut(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().replace(TOO_LONG, '$1…')
}

function firstStopOf({ orders: [first], driver, language }: Day) {
  const from = clockTime(Date.parse(first.window.start), language, driver.timeZone)
  const to = clockTime(Date.parse(first.window.end), language, driver.timeZone)
  return { name: first.customer.name, place: first.address.line, window: `${from} - ${to}` }
}
