import type { MediaReplies } from './media-replies.ts'

export const en: MediaReplies = {
  heard: ({ text }) => `🎤 “${text}”`,
  voice: {
    tooLong: ({ minutes }) =>
      `🎤 That one is too long for me: I can listen to ${minutes === 1 ? 'one minute' : `${minutes} minutes`}. Please say it in short, or type it.`,
    unclear: "🎤 I couldn't make out any words. Please say it again, or type it.",
    gone: "🎤 I couldn't get your voice note from WhatsApp. Please send it again, or type it.",
    unreadable: "🎤 I can't play this kind of recording. Please send a voice note, or type it.",
    unavailable: "🎤 I can't listen to voice notes right now. Please type it, or use a button:",
  },
}
