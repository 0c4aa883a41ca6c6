import type { MediaReplies } from './media-replies.ts'

export const pt: MediaReplies = {
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
