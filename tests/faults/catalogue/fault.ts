import { setTimeout as delay } from 'node:timers/promises'
import type { Verdict, Wrong } from '../checker.ts'
import type { FaultStack, SystemKind } from '../fault-stack.ts'
import type { Load } from '../load.ts'
import type { Random } from '../random.ts'

export type Injection = {
  random: Random
  load: Load
  /** Writes down what is done. */
  step: (what: string) => void
  /** How long it should hurt. */
  holdMs: number
}

export type Fault = {
  /** What it is called on the command line. */
  name: string
  /** One sentence for the table: what happens. */
  what: string
  /** Breaks something while drivers write, and heals it. Resolves when it is healed. */
  inject(system: FaultStack, injection: Injection): Promise<void>
  /** What may be seen, by design; why is in docs/faults.md. */
  allows?: readonly Wrong[]
  /** What has to be seen, or else nothing was broken: returns what is missing. */
  expects?: (seen: Verdict) => string | undefined
  /** Which system it takes: a plain one without. */
  system?: SystemKind
  /** Takes too long, or too much, to be part of a mix. */
  isAlone?: true
}

/** Hurts again and again for as long as it should, once at least. */
export async function again(
  everyMs: number,
  { holdMs }: Injection,
  hurt: () => Promise<unknown>,
): Promise<void> {
  const until = Date.now() + holdMs
  do {
    await hurt()
    await delay(everyMs)
  } while (Date.now() < until)
}
