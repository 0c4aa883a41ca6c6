import { plural } from '../local-time.ts'
import type { MediaReplies } from './media-replies.ts'

export const en: MediaReplies = {
  proof: {
    what: ({ photos, documents, hasLocation }) =>
      [
        ...(photos > 0 ? [`${photos} ${plural(photos, 'en', { one: 'photo', other: 'photos' })}`] : []),
        ...(documents > 0
          ? [`${documents} ${plural(documents, 'en', { one: 'document', other: 'documents' })}`]
          : []),
        ...(hasLocation ? ['the location'] : []),
      ].join(' and '),
    kept: ({ what, ref }) => `📎 Kept as proof for order ${ref}: ${what}.`,
    moved: ({ what, ref }) => `📎 Moved to order ${ref}: ${what}.`,
    located: ({ distance }) => `📏 ${distance} from the stop.`,
    otherOrder: 'Another order',
    which: ({ what }) => `📎 I've kept ${what}. Which order is it for?`,
    noOrders: ({ what }) =>
      `📎 I've kept ${what}, but I see no orders of yours today. Please talk to dispatch.`,
    unreachable: ({ what }) =>
      `📎 I've kept ${what}. I can't reach the order system right now: in a few minutes, tell me which order it is for.`,
    nothingWaiting:
      'I have no photo or document of today that I could attach. Send it, and say which order it is for.',
    gone: "I couldn't get that file from WhatsApp. Please send it again.",
    tooLarge: 'That file is too large for me: up to 10 MB, please.',
    wrongType: 'I can keep photos (JPEG, PNG) and PDF documents as proof. This file is something else.',
    unavailable:
      "I can't take files right now, so I don't have this one. Please send it again in a few minutes.",
    rejected: ({ ref }) =>
      `⚠️ The order system did not accept the proof for order ${ref}. Please talk to dispatch.`,
  },
  help: '🎤 Voice notes work, too. 📎 A photo, a PDF or your location I keep as proof of delivery: write the order number with it.',
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
