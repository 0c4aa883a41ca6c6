export type SandboxEvent =
  | { kind: 'message'; phone: string; wamid: string }
  | { kind: 'status'; phone: string; wamid: string; status: string }
  | { kind: 'typing'; phone: string }
  | { kind: 'reset' }

export type Events = ReturnType<typeof createEvents>

/** Tells the phone pages that are open what happens. */
export function createEvents() {
  const listeners = new Set<(event: SandboxEvent) => void>()
  return {
    publish(event: SandboxEvent) {
      for (const listener of listeners) listener(event)
    },
    subscribe(listener: (event: SandboxEvent) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    get size() {
      return listeners.size
    },
  }
}
