export type Write = {
  at: number
  driverId: string
  action: 'confirm' | 'status' | 'accept' | 'decline' | 'proof'
  orderId?: string
  idempotencyKey: string | null
  body: unknown
}

const WRITES_MAX = 10_000

/** The writes that took effect, oldest first. */
export function createWriteLog(now: () => number) {
  let writes: Write[] = []
  return {
    add(write: Omit<Write, 'at'>) {
      writes.push({ at: now(), ...write })
      if (writes.length > WRITES_MAX) writes.shift()
    },
    list: (): readonly Write[] => writes,
    reset() {
      writes = []
    },
  }
}
