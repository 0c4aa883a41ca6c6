import type { ConsentReplies } from './consent-replies.ts'

export const es: ConsentReplies = {
  optedOut: ({ start }) =>
    `🔕 De acuerdo, ya no te escribo sin que lo pidas: ni check-ins, ni recordatorios, ni novedades de pedidos. Sigo respondiendo a lo que escribas, y la central ya lo sabe.\n\nPara volver a recibirlos, escribe ${start}.`,
  optedIn: ({ stop }) =>
    `🔔 De acuerdo, vuelvo a escribirte: check-ins, recordatorios y novedades de tus pedidos. Para terminarlo, escribe ${stop}.`,
}
