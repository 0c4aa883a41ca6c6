/** What is said of voice notes, photos, documents and locations. `what`: "2 photos and the location". */
export type MediaReplies = {
  heard: (of: { text: string }) => string
  voice: {
    tooLong: (of: { minutes: number }) => string
    unclear: string
    gone: string
    unreadable: string
    unavailable: string
  }
}
