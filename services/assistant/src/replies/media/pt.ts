import { plural } from '../local-time.ts'
import type { MediaReplies } from './media-replies.ts'

export const pt: MediaReplies = {
  proof: {
    what: ({ photos, documents, hasLocation }) =>
      [
        ...(photos > 0 ? [`${photos} ${plural(photos, 'pt', { one: 'foto', other: 'fotos' })}`] : []),
        ...(documents > 0
          ? [`${documents} ${plural(documents, 'pt', { one: 'documento', other: 'documentos' })}`]
          : []),
        ...(hasLocation ? ['a localização'] : []),
      ].join(' e '),
    kept: ({ what, ref }) => `📎 Guardado como comprovante do pedido ${ref}: ${what}.`,
    moved: ({ what, ref }) => `📎 Passado para o pedido ${ref}: ${what}.`,
    located: ({ distance }) => `📏 A ${distance} da parada.`,
    otherOrder: 'Outro pedido',
    which: ({ what }) => `📎 Guardei ${what}. É de qual pedido?`,
    noOrders: ({ what }) =>
      `📎 Guardei ${what}, mas não vejo pedidos seus hoje. Fale com a central, por favor.`,
    unreachable: ({ what }) =>
      `📎 Guardei ${what}. Não consigo acessar o sistema de pedidos agora: daqui a alguns minutos, me diga de qual pedido é.`,
    nothingWaiting:
      'Não tenho nenhuma foto nem documento de hoje para anexar. Mande e diga de qual pedido é.',
    gone: 'Não consegui pegar esse arquivo no WhatsApp. Pode mandar de novo?',
    tooLarge: 'Esse arquivo é grande demais para mim: até 10 MB, por favor.',
    wrongType:
      'Posso guardar fotos (JPEG, PNG) e documentos PDF como comprovante. Esse arquivo é outra coisa.',
    unavailable:
      'Não consigo receber arquivos agora, então não tenho este. Mande de novo daqui a alguns minutos, por favor.',
    rejected: ({ ref }) =>
      `⚠️ O sistema de pedidos não aceitou o comprovante do pedido ${ref}. Fale com a central, por favor.`,
  },
  help: '🎤 Áudios também funcionam. 📎 Uma foto, um PDF ou sua localização eu guardo como comprovante de entrega: escreva junto o número do pedido.',
  heard: ({ text }) => `🎤 “${text}”`,
  voice: {
    tooLong: ({ minutes }) =>
      `🎤 Esse áudio é longo demais para mim: consigo ouvir ${minutes === 1 ? 'um minuto' : `${minutes} minutos`}. Pode resumir, ou escrever?`,
    unclear: '🎤 Não consegui entender nenhuma palavra. Pode falar de novo, ou escrever?',
    gone: '🎤 Não consegui pegar seu áudio no WhatsApp. Pode mandar de novo, ou escrever?',
    unreadable: '🎤 Não consigo tocar esse tipo de gravação. Mande um áudio do WhatsApp, ou escreva.',
    unavailable: '🎤 Não consigo ouvir áudios agora. Escreva, por favor, ou use um botão:',
  },
}
