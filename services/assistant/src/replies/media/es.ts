import type { MediaReplies } from './media-replies.ts'

export const es: MediaReplies = {
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
