import { z } from 'zod'

const report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(z.object({ status: z.string() })),
    }),
  ),
})

export type Tally = { passed: number; failed: number; failures: readonly string[] }

/** What a run of Jest amounts to. A file that fails without a failing test (it did not load) counts as one. */
export function tallyJest(json: string): Tally {
  const { numPassedTests, numFailedTests, testResults } = report.parse(JSON.parse(json))
  const failedFiles = testResults.filter(({ status }) => status === 'failed')
  const broken = failedFiles.filter(({ assertionResults }) =>
    assertionResults.every((it) => it.status !== 'failed'),
  )
  return {
    passed: numPassedTests,
    failed: numFailedTests + broken.length,
    failures: failedFiles.map(({ name, message }) => `${name}\n${message}`),
  }
}
