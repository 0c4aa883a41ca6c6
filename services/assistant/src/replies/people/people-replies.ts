/** What is said of persons: that one is asked for, on the way, or there. */
export type PeopleReplies = {
  asked: (of: { name: string }) => string
  /** `age`: for how long. */
  waiting: (of: { age: string }) => string
  takenOver: string
}
