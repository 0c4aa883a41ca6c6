import type { LimitsReplies } from './limits-replies.ts'

export const en: LimitsReplies = {
  slowDown: "⏳ That's a lot at once! Nothing is lost: give me a moment, and I'll answer it all together.",
}
