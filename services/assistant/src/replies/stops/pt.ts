import { plural } from '../local-time.ts'
import type { StopsReplies } from './stops-replies.ts'

export const pt: StopsReplies = {
  left: ({ count, all, name }) =>
    `📦 ${name}, ${plural(count, 'pt', { one: 'falta', other: 'faltam' })} ${count} de ${all} ${plural(all, 'pt', { one: 'pedido', other: 'pedidos' })} de hoje.`,
  noneLeft: ({ all, name }) =>
    all === 1
      ? `🏁 O seu pedido de hoje está concluído, ${name}.`
      : `🏁 Todos os ${all} pedidos de hoje estão concluídos, ${name}.`,
  late: ({ count, name }) =>
    count === 1
      ? `⏰ Uma parada precisa de atenção, ${name}:`
      : `⏰ ${count} paradas precisam de atenção, ${name}:`,
  over: ({ until, by }) => `⚠️ atrasado: até ${until}, há ${by}`,
  soonOver: ({ until, in: left }) => `⏳ até ${until}, daqui a ${left}`,
  noneLate: ({ name }) => `👍 Você não está atrasado em nenhuma parada, ${name}.`,
  nextWindowEnds: ({ ref, until }) => `A próxima janela a terminar é a do ${ref}: até ${until}.`,
  choose: ({ count }) =>
    count === 1
      ? 'Digite 1 para ver os detalhes.'
      : `Digite de 1 a ${count} para ver os detalhes de um pedido.`,
  confirmedAll: ({ count }) =>
    `✅ ${count === 1 ? 'Um pedido confirmado' : `${count} pedidos confirmados`}. Já estou avisando.`,
  askAll: ({ count }) => `Você quer confirmar ${count === 1 ? 'este pedido' : `todos os ${count} pedidos`}?`,
  yesAll: 'Sim, todos',
  leftAll: 'OK, deixo os seus pedidos como estão.',
  forTomorrow: ({ ref }) => `O pedido ${ref} é de amanhã: você pode confirmar amanhã.`,
  nearest: ({ distance }) =>
    `📍 Obrigado! A sua parada aberta mais próxima fica a ${distance} em linha reta:`,
  nearestUnknown: '📍 Obrigado! Não sei a distância das suas paradas abertas. Esta é a próxima:',
  swap: ({ first, second, from, to, saved }) =>
    `💡 Só uma ideia: trocando ${first} e ${second} de lugar, o caminho fica em cerca de ${to} em vez de ${from} em linha reta (${saved} % a menos), e todas as janelas de horário continuam valendo. Eu não mudo nada.`,
  details: 'Detalhes',
}
