import type { Events } from '../events.ts'

export type Status = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed'

/** One bubble on a driver's phone. `inbound` is what the driver wrote, `outbound` what the business sent. */
export type ChatMessage = {
  /** Grows with every message on any phone. */
  cursor: number
  phone: string
  wamid: string
  direction: 'inbound' | 'outbound'
  type: string
  /** What can be read in the bubble, whatever the type. */
  text: string | undefined
  /** The part of the Cloud API object that its type names, e.g. `{ interactive: … }`. */
  content: Record<string, unknown>
  context: { id: string } | undefined
  status: Status
  /** Milliseconds since the epoch. */
  timestamps: { [status in Status]?: number }
  callbackData: string | undefined
}

export type Chats = ReturnType<typeof createChats>

const MESSAGES_PER_PHONE_MAX = 2_000
const PHONES_MAX = 20_000
const RANK: Record<Status, number> = { accepted: 0, sent: 1, delivered: 2, read: 3, failed: 4 }

type Chat = { messages: ChatMessage[]; lastInboundAt: number | undefined; typingUntil: number }

/** What every phone shows. Old messages and the phones that were quiet longest make room for new ones. */
export function createChats({ events, now }: { events: Events; now: () => number }) {
  const chats = new Map<string, Chat>()
  const byWamid = new Map<string, ChatMessage>()
  let cursor = 0

  function chatOf(phone: string): Chat {
    const chat = chats.get(phone) ?? { messages: [], lastInboundAt: undefined, typingUntil: 0 }
    chats.delete(phone) // the map keeps the order of last use
    chats.set(phone, chat)
    if (chats.size > PHONES_MAX) {
      const [quietest] = chats.keys()
      if (quietest !== undefined) forget(quietest)
    }
    return chat
  }

  function forget(phone: string) {
    for (const { wamid } of chats.get(phone)?.messages ?? []) byWamid.delete(wamid)
    chats.delete(phone)
  }

  return {
    add(message: Omit<ChatMessage, 'cursor' | 'status' | 'timestamps'>): ChatMessage {
      const status = message.direction === 'inbound' ? 'sent' : 'accepted'
      const added: ChatMessage = { ...message, cursor: ++cursor, status, timestamps: { [status]: now() } }
      const chat = chatOf(message.phone)
      chat.messages.push(added)
      if (chat.messages.length > MESSAGES_PER_PHONE_MAX) {
        const dropped = chat.messages.shift()
        if (dropped) byWamid.delete(dropped.wamid)
      }
      if (message.direction === 'inbound') chat.lastInboundAt = now()
      else chat.typingUntil = 0
      byWamid.set(added.wamid, added)
      events.publish({ kind: 'message', phone: message.phone, wamid: added.wamid })
      return added
    },

    /** Only forward: what was read is not delivered afterwards. False when nothing changed. */
    advance(message: ChatMessage, status: Status): boolean {
      if (RANK[status] <= RANK[message.status]) return false
      message.status = status
      message.timestamps[status] = now()
      events.publish({ kind: 'status', phone: message.phone, wamid: message.wamid, status })
      return true
    },

    find: (wamid: string): ChatMessage | undefined => byWamid.get(wamid),

    /** What came after a cursor or a wamid, oldest first; everything that is kept when there is neither. */
    list(phone: string, after: number | string | undefined): ChatMessage[] {
      const messages = chats.get(phone)?.messages ?? []
      const from = typeof after === 'string' ? (byWamid.get(after)?.cursor ?? 0) : (after ?? 0)
      return messages.filter((message) => message.cursor > from)
    },

    lastInboundAt: (phone: string): number | undefined => chats.get(phone)?.lastInboundAt,

    showTyping(phone: string, durationMs: number) {
      chatOf(phone).typingUntil = now() + durationMs
      events.publish({ kind: 'typing', phone })
    },
    isTyping: (phone: string): boolean => (chats.get(phone)?.typingUntil ?? 0) > now(),

    reset() {
      chats.clear()
      byWamid.clear()
      events.publish({ kind: 'reset' })
    },
  }
}
