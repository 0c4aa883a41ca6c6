/** What is said to a driver who ends, or wants back, what is written without his asking. Each names the word that undoes it. */
export type ConsentReplies = {
  optedOut: (of: { start: string }) => string
  optedIn: (of: { stop: string }) => string
}
