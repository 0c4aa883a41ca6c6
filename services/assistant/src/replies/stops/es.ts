import { plural } from '../local-time.ts'
import type { StopsReplies } from './stops-replies.ts'

export const es: StopsReplies = {
  left: ({ count, all, name }) =>
    `📦 ${name}, te ${plural(count, 'es', { one: 'queda', other: 'quedan' })} ${count} de ${all} ${plural(all, 'es', { one: 'pedido', other: 'pedidos' })} de hoy.`,
  noneLeft: ({ all, name }) =>
    all === 1
      ? `🏁 Tu pedido de hoy está terminado, ${name}.`
      : `🏁 Los ${all} pedidos de hoy están terminados, ${name}.`,
  late: ({ count, name }) =>
    count === 1
      ? `⏰ Una parada necesita atención, ${name}:`
      : `⏰ ${count} paradas necesitan atención, ${name}:`,
  over: ({ until, by }) => `⚠️ tarde: hasta las ${until}, hace ${by}`,
  soonOver: ({ until, in: left }) => `⏳ hasta las ${until}, en ${left}`,
  noneLate: ({ name }) => `👍 No vas tarde en ninguna parada, ${name}.`,
  nextWindowEnds: ({ ref, until }) => `El próximo horario que termina es el de ${ref}: hasta las ${until}.`,
  choose: ({ count }) =>
    count === 1
      ? 'Escribe 1 para ver los detalles.'
      : `Escribe del 1 al ${count} para ver los detalles de un pedido.`,
  confirmedAll: ({ count }) =>
    `✅ ${count === 1 ? 'Un pedido confirmado' : `${count} pedidos confirmados`}. Ya estoy avisando.`,
  askAll: ({ count }) => `¿Quieres confirmar ${count === 1 ? 'este pedido' : `los ${count} pedidos`}?`,
  yesAll: 'Sí, todos',
  leftAll: 'OK, dejo tus pedidos como están.',
  forTomorrow: ({ ref }) => `El pedido ${ref} es de mañana: puedes confirmarlo mañana.`,
  nearest: ({ distance }) => `📍 ¡Gracias! Tu parada abierta más cercana está a ${distance} en línea recta:`,
  nearestUnknown: '📍 ¡Gracias! No sé a qué distancia están tus paradas abiertas. Esta es la siguiente:',
  swap: ({ first, second, from, to, saved }) =>
    `💡 Solo una idea: si cambias ${first} por ${second}, el camino es de unos ${to} en vez de ${from} en línea recta (${saved} % menos), y se cumplen todos los horarios. Yo no cambio nada.`,
  details: 'Detalles',
}
