import { plural } from '../local-time.ts'
import type { MediaReplies } from './media-replies.ts'

export const es: MediaReplies = {
  proof: {
    what: ({ photos, documents, hasLocation }) =>
      [
        ...(photos > 0 ? [`${photos} ${plural(photos, 'es', { one: 'foto', other: 'fotos' })}`] : []),
        ...(documents > 0
          ? [`${documents} ${plural(documents, 'es', { one: 'documento', other: 'documentos' })}`]
          : []),
        ...(hasLocation ? ['la ubicación'] : []),
      ].join(' y '),
    kept: ({ what, ref }) => `📎 Guardado como comprobante del pedido ${ref}: ${what}.`,
    moved: ({ what, ref }) => `📎 Pasado al pedido ${ref}: ${what}.`,
    located: ({ distance }) => `📏 A ${distance} de la parada.`,
    otherOrder: 'Otro pedido',
    which: ({ what }) => `📎 He guardado ${what}. ¿De qué pedido es?`,
    noOrders: ({ what }) =>
      `📎 He guardado ${what}, pero no veo pedidos tuyos hoy. Habla con la central, por favor.`,
    unreachable: ({ what }) =>
      `📎 He guardado ${what}. Ahora no puedo acceder al sistema de pedidos: en unos minutos, dime de qué pedido es.`,
    nothingWaiting:
      'No tengo ninguna foto ni documento de hoy que pueda adjuntar. Envíalo y dime de qué pedido es.',
    gone: 'No pude obtener ese archivo de WhatsApp. ¿Puedes enviarlo otra vez?',
    tooLarge: 'Ese archivo es demasiado grande para mí: hasta 10 MB, por favor.',
    wrongType:
      'Puedo guardar fotos (JPEG, PNG) y documentos PDF como comprobante. Este archivo es otra cosa.',
    unavailable:
      'Ahora no puedo recibir archivos, así que este no lo tengo. Envíalo otra vez en unos minutos, por favor.',
    rejected: ({ ref }) =>
      `⚠️ El sistema de pedidos no aceptó el comprobante del pedido ${ref}. Habla con la central, por favor.`,
  },
  help: '🎤 Los audios también funcionan. 📎 Una foto, un PDF o tu ubicación los guardo como comprobante de entrega: escribe junto el número del pedido.',
  heard: ({ text }) => `🎤 “${text}”`,
  voice: {
    tooLong: ({ minutes }) =>
      `🎤 Ese audio es demasiado largo para mí: puedo escuchar ${minutes === 1 ? 'un minuto' : `${minutes} minutos`}. ¿Puedes resumirlo o escribirlo?`,
    unclear: '🎤 No pude entender ninguna palabra. ¿Puedes repetirlo o escribirlo?',
    gone: '🎤 No pude obtener tu audio de WhatsApp. ¿Puedes enviarlo otra vez o escribirlo?',
    unreadable: '🎤 No puedo reproducir este tipo de grabación. Envía un audio de WhatsApp, o escríbelo.',
    unavailable: '🎤 Ahora mismo no puedo escuchar audios. Escríbelo, por favor, o usa un botón:',
  },
}
