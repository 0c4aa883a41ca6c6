const monotonicMs = () => performance.timeOrigin + performance.now()

/**
 * Microseconds since 1970 that never repeat and never go back, also when the system clock is set: they order what
 * WhatsApp stamped with the same second.
 */
export function createArrivalClock(nowMs = monotonicMs): () => number {
  let last = 0
  return () => {
    last = Math.max(last + 1, Math.floor(nowMs() * 1_000))
    return last
  }
}
