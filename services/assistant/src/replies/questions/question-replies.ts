/** Answers to questions. What is quoted stands in the order or in the FAQ, word for word. */
export type QuestionReplies = {
  /** `text`: what the order says, in the order's own words. */
  orderSays: (of: { text: string }) => string
  orderSaysNothing: string
  /** What was asked for is not in what the order says. */
  notInOrder: (of: { text: string }) => string
  noPhone: string
  unanswered: string
}
