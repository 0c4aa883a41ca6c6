import type { ConsentReplies } from './consent-replies.ts'

export const en: ConsentReplies = {
  optedOut: ({ start }) =>
    `🔕 OK, I won't write to you first any more: no check-ins, no reminders, no news about orders. I still answer whatever you write, and dispatch knows.\n\nTo get them again, write ${start}.`,
  optedIn: ({ stop }) =>
    `🔔 OK, I'll write to you again: check-ins, reminders and news about your orders. To end that, write ${stop}.`,
}
