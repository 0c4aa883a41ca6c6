import type { ModelCall } from '@waybill/database'
import { type MediaApi, MediaError } from '@waybill/whatsapp'
import type { MediumRef } from '../understand/read-message.ts'
import { audioSeconds } from './audio-seconds.ts'
import type { Transcribe } from './transcribe.ts'

/** What became of a voice note: its words, or why there are none. */
export type Heard =
  | { kind: 'words'; text: string }
  | { kind: 'nothing'; why: 'too-long' | 'unclear' | 'gone' | 'unreadable' | 'unavailable' }

export type Hear = (
  voice: MediumRef,
  turn: { signal: AbortSignal; ledger: ModelCall[]; isLastAttempt: boolean },
) => Promise<Heard>

type Deps = { media: MediaApi; transcribe: Transcribe; secondsMax: number }

const BYTES_MAX = 4 * 1024 * 1024
const TEXT_LENGTH_MAX = 1_000
const CONTENT_TYPES = [
  ...['audio/ogg', 'audio/mp4', 'audio/x-m4a', 'audio/mpeg', 'audio/amr', 'audio/aac', 'audio/wav'],
]
// What transcription models write when nobody speaks.
const NOBODY_SPEAKS =
  /^(?:[[(*♪].*[\])*♪]|you|thanks for watching|thank you for watching|bye|hmm+|uh+|um+|obrigad[oa] por assistir|gracias por ver(?: el video)?|subtit?les by.*|legendas? .*|subtitulos .*)$/

/** Throws when WhatsApp can't be reached, but for the last attempt. */
export function createHearing({ media, transcribe, secondsMax }: Deps): Hear {
  return async (voice, { signal, ledger, isLastAttempt }) => {
    try {
      const medium = await media.download(
        { ...voice, bytesMax: BYTES_MAX, contentTypes: CONTENT_TYPES },
        signal,
      )
      if (audioSeconds(medium.bytes) > secondsMax) return nothing('too-long')
      const { text, call } = await transcribe(medium, signal)
      ledger.push(call)
      if (text === undefined) return nothing('unavailable')
      return isSpeech(text) ? { kind: 'words', text: fitting(text) } : nothing('unclear')
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof MediaError) return nothing(whyOf(error))
      if (isLastAttempt) return nothing('unavailable')
      throw error
    }
  }
}

const nothing = (why: (Heard & { kind: 'nothing' })['why']): Heard => ({ kind: 'nothing', why })

function whyOf({ reason }: MediaError): (Heard & { kind: 'nothing' })['why'] {
  if (reason === 'too-large') return 'too-long'
  return reason === 'wrong-type' ? 'unreadable' : 'gone'
}

export function isSpeech(text: string): boolean {
  const said = text
    .trim()
    .toLowerCase()
    .replaceAll(/[.,!?…]+/g, '')
    .trim()
  return /[\p{L}\p{N}]/u.test(said) && !NOBODY_SPEAKS.test(said.normalize('NFKD').replaceAll(/\p{Mn}/gu, ''))
}

function fitting(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ').slice(0, TEXT_LENGTH_MAX).toWellFormed()
}
