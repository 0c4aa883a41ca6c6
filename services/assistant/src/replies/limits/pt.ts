import type { LimitsReplies } from './limits-replies.ts'

export const pt: LimitsReplies = {
  slowDown: '⏳ É muita mensagem de uma vez! Nada se perde: me dê um momento e respondo tudo junto.',
}
