import { plural } from '../local-time.ts'
import type { EventReplies } from './event-replies.ts'

export const pt: EventReplies = {
  title: ({ name }) => `🔔 ${name}, há novidades:`,
  created: ({ order, address, isTomorrow }) =>
    `➕ Novo${isTomorrow ? ' para amanhã' : ''}: ${order}\n   📍 ${address}`,
  cancelled: ({ order }) => `❌ Cancelado: ${order}`,
  changed: ({ order, address, window, isTomorrow }) =>
    `✏️ Alterado${isTomorrow ? ' para amanhã' : ''}: ${order}\n   📍 ${address}\n   🕑 ${window}`,
  unread: ({ ref }) =>
    `✏️ ${ref} foi alterado. Não consigo falar com o sistema de pedidos agora: pergunte de novo mais tarde.`,
  routeChanged: ({ count }) =>
    `🗺️ Sua rota mudou: ${count} ${plural(count, 'pt', { one: 'parada em aberto', other: 'paradas em aberto' })}.`,
  alert: ({ text }) => `⚠️ ${text}`,
  more: ({ count }) => `… e mais ${count}.`,
}
