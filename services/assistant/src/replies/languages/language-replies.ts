export type LanguageReplies = {
  set: string
  /** `language`: its own name for itself. */
  setOther: (of: { language: string }) => string
  which: string
}

/** One short sentence, and back to work. */
export type SmallTalkReplies = Record<
  'greeting' | 'thanks' | 'how_are_you' | 'goodbye' | 'joke' | 'praise' | 'complaint' | 'off_topic',
  (of: { name: string }) => string
>
