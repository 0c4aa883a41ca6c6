/** What is said of persons: that one is asked for, on the way, or there. */
export type PeopleReplies = {
  asked: (of: { name: string }) => string
  /** `since` is a time of day, `age` how long ago that was. */
  waiting: (of: { since: string; age: string }) => string
  takenOver: string
}
