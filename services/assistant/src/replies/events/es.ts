import { plural } from '../local-time.ts'
import type { EventReplies } from './event-replies.ts'

export const es: EventReplies = {
  title: ({ name }) => `🔔 ${name}, hay novedades:`,
  created: ({ order, address, isTomorrow }) =>
    `➕ Nuevo${isTomorrow ? ' para mañana' : ''}: ${order}\n   📍 ${address}`,
  cancelled: ({ order }) => `❌ Cancelado: ${order}`,
  changed: ({ order, address, window, isTomorrow }) =>
    `✏️ Cambió${isTomorrow ? ' para mañana' : ''}: ${order}\n   📍 ${address}\n   🕑 ${window}`,
  unread: ({ ref }) =>
    `✏️ ${ref} ha cambiado. Ahora no puedo consultar el sistema de pedidos: pregúntame más tarde.`,
  routeChanged: ({ count }) =>
    `🗺️ Tu ruta ha cambiado: ${count} ${plural(count, 'es', { one: 'parada abierta', other: 'paradas abiertas' })}.`,
  alert: ({ text }) => `⚠️ ${text}`,
  more: ({ count }) => `… y ${count} más.`,
}
