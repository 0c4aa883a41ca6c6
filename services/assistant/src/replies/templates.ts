import type { OutboundMessage } from '@waybill/whatsapp'
import type { Language } from '../session/session.ts'

type Words = {
  /** Of the body, in its order. */
  parameters: readonly string[]
  /** What a tap on each quick reply sends back. */
  payloads: readonly string[]
}

// A template may have been approved for a country only.
const CODES = {
  en: ['en_US', 'en', 'en_GB'],
  pt: ['pt_BR', 'pt_PT'],
  es: ['es', 'es_MX', 'es_ES', 'es_AR'],
} as const satisfies Record<Language, readonly string[]>

/**
 * A template for outside the 24-hour window, in the driver's language and then in English: the sender takes the first
 * that is approved.
 */
export function templatesFor(
  name: string,
  language: Language,
  wordsIn: (language: Language) => Words,
): OutboundMessage[] {
  return [...new Set([language, 'en'] as const)].flatMap((it) => {
    const words = wordsIn(it)
    return CODES[it].map((code) => template(name, code, words))
  })
}

function template(name: string, code: string, { parameters, payloads }: Words): OutboundMessage {
  return {
    type: 'template',
    template: {
      name,
      language: { code },
      components: [
        { type: 'body', parameters: parameters.map((text) => ({ type: 'text', text: oneLine(text) })) },
        ...payloads.map((payload, index) => ({
          type: 'button',
          sub_type: 'quick_reply',
          index: String(index),
          parameters: [{ type: 'payload', payload }],
        })),
      ],
    },
  }
}

/** WhatsApp refuses parameters with line breaks, tabs or four spaces in a row, and empty ones. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim() || '-'
}
