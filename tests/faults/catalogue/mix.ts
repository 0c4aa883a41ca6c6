import { setTimeout as delay } from 'node:timers/promises'
import { randomOf } from '../random.ts'
import type { Fault } from './fault.ts'
import { GROUPS } from './index.ts'

const AT_ONCE = 3

/** Faults of different groups, one into the other. */
export function mixOf(seed: number): Fault {
  const random = randomOf(seed, 'mix')
  const groups = GROUPS.map((group) => group.filter(({ isAlone }) => !isAlone))
  while (groups.length > AT_ONCE) groups.splice(random.integer(0, groups.length - 1), 1)
  const faults = groups.map((group) => random.one(group))
  return {
    name: 'mix',
    what: faults.map(({ name }) => name).join(' + '),
    allows: faults.flatMap(({ allows = [] }) => allows),
    async inject(system, injection) {
      injection.step(faults.map(({ name }) => name).join(' + '))
      const injecting = faults.map(async (fault, index) => {
        await delay((injection.holdMs / AT_ONCE / 2) * index)
        await fault.inject(system, { ...injection, holdMs: injection.holdMs / 2 })
      })
      // All of them heal before one of them complains.
      const failed = (await Promise.allSettled(injecting)).find(({ status }) => status === 'rejected')
      if (failed?.status === 'rejected') throw failed.reason
    },
  }
}
