/** What is said of voice notes, photos, documents and locations. `what`: "2 photos and the location". */
export type MediaReplies = {
  proof: {
    what: (of: { photos: number; documents: number; hasLocation: boolean }) => string
    kept: (of: { what: string; ref: string }) => string
    moved: (of: { what: string; ref: string }) => string
    located: (of: { distance: string }) => string
    /** Title of a button. */
    otherOrder: string
    which: (of: { what: string }) => string
    noOrders: (of: { what: string }) => string
    unreachable: (of: { what: string }) => string
    nothingWaiting: string
    gone: string
    tooLarge: string
    wrongType: string
    unavailable: string
    rejected: (of: { ref: string }) => string
  }
  help: string
  heard: (of: { text: string }) => string
  voice: {
    tooLong: (of: { minutes: number }) => string
    unclear: string
    gone: string
    unreadable: string
    unavailable: string
  }
}
