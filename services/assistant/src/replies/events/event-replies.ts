/** What is told without being asked: changes in the order system. `ref`: `#12345`, `order`: `#12345 - Tech Corp Inc (12:00 PM)`. */
export type EventReplies = {
  title: (of: { name: string }) => string
  created: (of: { order: string; address: string; isTomorrow: boolean }) => string
  cancelled: (of: { order: string }) => string
  changed: (of: { order: string; address: string; window: string; isTomorrow: boolean }) => string
  /** Changed or new, and the order system can't be asked what it is like now. */
  unread: (of: { ref: string }) => string
  routeChanged: (of: { count: number }) => string
  alert: (of: { text: string }) => string
  more: (of: { count: number }) => string
}
