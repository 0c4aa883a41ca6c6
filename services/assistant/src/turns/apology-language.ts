import { authenticate, type Pool, type WaitingMessage } from '@waybill/database'
import type { Language } from '../session/session.ts'
import { languageOf } from './admit-sender.ts'

/** The language of somebody whose turn was never drafted. English when that can't be found out. */
export async function languageFor(
  pool: Pool,
  conversationId: string,
  message: WaitingMessage,
): Promise<Language> {
  try {
    return languageOf(await authenticate(pool, conversationId), [message])
  } catch {
    return 'en'
  }
}
