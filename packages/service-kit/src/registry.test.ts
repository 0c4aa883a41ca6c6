import { expect, it } from '@jest/globals'
import { createRegistry } from './registry.ts'

it('says nothing of a memory limit where there is none', async () => {
  const limit = await createRegistry({ service: 'a', instance: 'a-1' }).getSingleMetricAsString(
    'waybill_memory_limit_bytes',
  )
  const isLimited = process.constrainedMemory() < Number.MAX_SAFE_INTEGER
  expect(/^waybill_memory_limit_bytes/m.test(limit)).toBe(isLimited)
})
