import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import { CHECKOUT } from '@waybill/local'
import { describeMetrics } from './metrics/describe-metrics.ts'
import { readMetrics } from './metrics/read-metrics.ts'

it('docs/metrics.md says what the services register: npm run metrics writes it', async () => {
  const page = readFileSync(join(CHECKOUT, 'docs/metrics.md'), 'utf8')
  expect(page).toBe(describeMetrics(await readMetrics()))
})
