import type { QuestionReplies } from './question-replies.ts'

export const en: QuestionReplies = {
  orderSays: ({ text }) => `The order says:\n${text}`,
  orderSaysNothing: 'The order says nothing about that. Shall I ask dispatch?',
  notInOrder: ({ text }) =>
    `I don't see that in the order. This is all it says:\n${text}\n\nShall I ask dispatch?`,
  noPhone: "I can't show you the customer's number. Dispatch can put you through.",
  unanswered:
    "I don't have an answer to that, and I won't guess. I've noted the question. Shall I ask a person?",
}
