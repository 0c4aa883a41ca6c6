import { describe, expect, it } from '@jest/globals'
import { startStandInModel } from '../../sandbox/test/stand-in-model.ts'
import { measure, ownRows } from './intents/measure-intents.ts'
import { accuracy, inScope, outOfScope } from './intents/quality-report.ts'
import { byModel, byRules } from './intents/readers.ts'

const IN_SCOPE_MIN = 0.85
const LEFT_ALONE_MIN = 0.85
const share = ({ right, of }: { right: number; of: number }) => right / of

describe('sentences that others wrote', () => {
  it('are understood by rules alone, the ones that nobody looked at as well, and write nothing by mistake', async () => {
    const measured = await measure(ownRows(), byRules())
    const unseen = measured.filter(({ split }) => split === 'held-out')
    for (const rows of [measured, unseen]) {
      expect(share(accuracy(inScope(rows)))).toBeGreaterThanOrEqual(IN_SCOPE_MIN)
      expect(share(accuracy(outOfScope(rows)))).toBeGreaterThanOrEqual(LEFT_ALONE_MIN)
    }
    const written = measured.filter(({ mistakes }) => mistakes.length > 0)
    expect(written.map(({ text }) => text)).toEqual([])
  }, 240_000)

  it('write nothing by mistake through the stand-in model', async () => {
    await using model = await startStandInModel()
    const { OPENROUTER_BASE_URL: baseUrl = '', OPENROUTER_API_KEY: apiKey = '' } = model.env
    using asked = byModel({ baseUrl, apiKey })
    const measured = await measure(ownRows(), asked.understand)
    const written = measured.filter(({ mistakes }) => mistakes.length > 0)
    expect(written.map(({ text }) => text)).toEqual([])
  }, 240_000)
})
