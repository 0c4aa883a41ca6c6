import type { LanguageReplies, SmallTalkReplies } from './language-replies.ts'

export const en: LanguageReplies = {
  set: "👍 OK, I'll write in English from now on.",
  setOther: ({ language }) =>
    `👍 OK, I'll write in ${language} from now on, as well as I can. What I can't translate safely stays in English.`,
  which: 'Which language do you prefer? You can also write the name of another one.',
}

export const smallTalk: SmallTalkReplies = {
  greeting: ({ name }) => `👋 Hi ${name}! What can I do for you?`,
  thanks: ({ name }) => `👍 You're welcome, ${name}. Anything else?`,
  how_are_you: ({ name }) => `All good here, ${name}, thanks for asking! How can I help with your route?`,
  goodbye: ({ name }) => `👋 Take care, ${name}. Drive safely!`,
  joke: ({ name }) =>
    `Why did the parcel cross the road, ${name}? It was out for delivery. 😄 Now, what about your stops?`,
  praise: ({ name }) => `🙏 That's kind of you, ${name}! What's next?`,
  complaint: ({ name }) =>
    `I'm sorry, ${name}. Tell me what you need about your route, or I'll ask a person to help.`,
  off_topic: ({ name }) =>
    `That's off my route, ${name}: I only know about your orders and stops. What can I do for you there?`,
}
