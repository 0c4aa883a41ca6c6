import { plural } from '../local-time.ts'
import type { StopsReplies } from './stops-replies.ts'

const orders = (count: number) => `${count} ${plural(count, 'en', { one: 'order', other: 'orders' })}`

export const en: StopsReplies = {
  left: ({ count, all, name }) => `📦 ${orders(count)} left of ${all} today, ${name}.`,
  noneLeft: ({ all, name }) =>
    all === 1
      ? `🏁 Your order of today is done, ${name}.`
      : `🏁 All ${all} orders of today are done, ${name}.`,
  late: ({ count, name }) =>
    count === 1 ? `⏰ One stop needs attention, ${name}:` : `⏰ ${count} stops need attention, ${name}:`,
  over: ({ until, by }) => `⚠️ late: until ${until}, ${by} ago`,
  soonOver: ({ until, in: left }) => `⏳ until ${until}, in ${left}`,
  noneLate: ({ name }) => `👍 You are not late anywhere, ${name}.`,
  nextWindowEnds: ({ ref, until }) => `The next time window to end is that of ${ref}: until ${until}.`,
  choose: ({ count }) =>
    count === 1 ? 'Type 1 to see the details.' : `Type from 1 to ${count} to see the details of an order.`,
  confirmedAll: ({ count }) =>
    `✅ ${count === 1 ? 'One order is' : `${count} orders are`} confirmed. I'm passing it on.`,
  askAll: ({ count }) => `Do you want to confirm ${count === 1 ? 'this order' : `all ${count} orders`}?`,
  yesAll: 'Yes, all of them',
  leftAll: 'OK, I leave your orders as they are.',
  forTomorrow: ({ ref }) => `Order ${ref} is one of tomorrow's: you can confirm it tomorrow.`,
  nearest: ({ distance }) => `📍 Thanks! Your nearest open stop is ${distance} away in a straight line:`,
  nearestUnknown: "📍 Thanks! I don't know how far your open stops are. This is the next one:",
  swap: ({ first, second, from, to, saved }) =>
    `💡 Only an idea: with ${first} and ${second} swapped, the way is about ${to} instead of ${from} in a straight line (${saved} % less), and every time window still holds. I change nothing.`,
  details: 'Details',
}
