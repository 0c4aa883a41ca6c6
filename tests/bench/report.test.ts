import { describe, expect, it } from '@jest/globals'
import type { Result } from './measure.ts'
import { amount, comparisonOf, type Run, reportOf } from './report.ts'
import { withReport } from './write-report.ts'

const machine = { cpu: 'abacus', cores: 2, memoryGb: 4, loadAverage: 0.26, versions: { Node: '24' } }
const acks: Result = {
  id: 'B1',
  measure: 'acks',
  ...{ value: 9_000.4, unit: '/s', ceiling: { what: 'bare', value: 10_000 }, ratio: 0.9 },
  ...{ target: '≥ 0.85', met: true, notes: ['without NGINX'] },
}
const runOf = (commit: string, ...results: Result[]): Run => ({ commit, machine, results })

describe('the report of a run', () => {
  const report = reportOf(runOf('abc1234', acks, { id: 'B9', measure: 'memory', value: 71.23, unit: 'MB' }))

  it.each([
    'Commit abc1234. 2 cores (abacus), 4 GB, Node 24; load average before it 0.3.',
    '| B1 | acks | 9,000 /s | 10,000 /s: bare | 0.90 | ≥ 0.85 | ✓ |',
    '| B9 | memory | 71.2 MB | | | | |',
    '- B1: without NGINX',
  ])('says %s', (line) => {
    expect(report.replaceAll(/ +/g, ' ').split('\n')).toContain(line)
  })

  it('takes the place of the one before', () => {
    const document = 'Before.\n<!-- measured -->\nold\n<!-- /measured -->\nAfter.\n'
    expect(withReport(document, 'new')).toBe('Before.\n<!-- measured -->\nnew\n<!-- /measured -->\nAfter.\n')
    expect(() => withReport('Nothing.', 'new')).toThrow('no place')
  })
})

describe('the comparison of two runs', () => {
  it('is by the ratio, for the machine may have been another', () => {
    const faster = { ...acks, value: 20_000, ratio: 0.99 }
    const table = comparisonOf(runOf('one', acks), runOf('two', faster, { ...acks, id: 'B2' }))
    expect(table).toMatch(/B1 +\| acks .*9,000 \/s, ratio 0\.90.*20,000 \/s, ratio 0\.99.*\+10 %/)
    expect(table).toMatch(/B2 .*new/)
  })
})

it.each([
  [0.01234, '0.0123'],
  [12.34, '12.3'],
  [999, '999'],
  [12_345.6, '12,346'],
])('%d is written %s', (value, text) => {
  expect(amount(value)).toBe(text)
})
