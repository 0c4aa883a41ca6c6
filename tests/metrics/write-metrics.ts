import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CHECKOUT } from '@waybill/local'
import startSharedServers from '../../packages/test-kit/src/start-shared-servers.ts'
import stopSharedServers from '../../packages/test-kit/src/stop-shared-servers.ts'
import { describeMetrics } from './describe-metrics.ts'
import { readMetrics } from './read-metrics.ts'

// npm run metrics: writes docs/metrics.md.
await startSharedServers()
try {
  writeFileSync(join(CHECKOUT, 'docs/metrics.md'), describeMetrics(await readMetrics()))
} finally {
  await stopSharedServers()
}
