import { plural } from '../local-time.ts'
import type { EventReplies } from './event-replies.ts'

export const en: EventReplies = {
  title: ({ name }) => `🔔 ${name}, there is news:`,
  created: ({ order, address, isTomorrow }) =>
    `➕ New${isTomorrow ? ' for tomorrow' : ''}: ${order}\n   📍 ${address}`,
  cancelled: ({ order }) => `❌ Cancelled: ${order}`,
  changed: ({ order, address, window, isTomorrow }) =>
    `✏️ Changed${isTomorrow ? ' for tomorrow' : ''}: ${order}\n   📍 ${address}\n   🕑 ${window}`,
  unread: ({ ref }) => `✏️ ${ref} has changed. I can't reach the order system right now: ask me again later.`,
  routeChanged: ({ count }) =>
    `🗺️ Your route has changed: ${count} open ${plural(count, 'en', { one: 'stop', other: 'stops' })}.`,
  alert: ({ text }) => `⚠️ ${text}`,
  more: ({ count }) => `… and ${count} more.`,
}
