import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { FAULTS } from './catalogue/index.ts'
import { isGreen } from './checker.ts'
import { type FaultStack, startFaultStack } from './fault-stack.ts'
import { readHistory } from './history.ts'
import { complaintsOf } from './report.ts'
import { runFault, verdictOf } from './run-fault.ts'

jest.setTimeout(180_000)

// Services are killed and frozen in tests/promises.test.ts; `npm run faults -- all` runs every fault.
const SELECTION = [
  'lose-confirms',
  'close-connections',
  'crash-postgres',
  'hang-redis',
  'orders-answers-lost',
  'repeat-webhooks',
  'poison-message',
]
const LOAD = { seed: 1, seconds: 4, perSecond: 50 }

const histories = mkdtempDisposableSync(join(tmpdir(), 'waybill-histories-'))
let system: FaultStack

beforeAll(async () => {
  system = await startFaultStack({ drivers: 100, kind: 'plain', log: () => {} })
})
afterAll(async () => {
  await system[Symbol.asyncDispose]()
  histories.remove()
})

describe('while drivers write, nothing is lost, doubled or out of order although', () => {
  const faults = FAULTS.filter(({ name }) => SELECTION.includes(name))
  it.each(faults.map((fault) => [fault.what, fault] as const))('%s', async (_what, fault) => {
    const verdict = await runFault(system, fault, { ...LOAD, historyDir: histories.path })
    expect(complaintsOf(verdict)).toBe('')
    const { historyFile, ...seen } = verdict
    expect(isGreen(seen)).toBe(true)
    // What was written down says the same when it is read again.
    expect(verdictOf(readHistory(historyFile))).toEqual(seen)
  })
})
