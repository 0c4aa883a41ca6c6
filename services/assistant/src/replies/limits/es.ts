import type { LimitsReplies } from './limits-replies.ts'

export const es: LimitsReplies = {
  slowDown:
    '⏳ ¡Son muchos mensajes de una vez! No se pierde nada: dame un momento y te respondo todo junto.',
}
