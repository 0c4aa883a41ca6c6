import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(`${CHECKOUT}/${path}`, 'utf8')

const ROW = /^\| `(\w+)` \| (\w+) \| ([^|]*) \|/gm
const ON_ALL = ['service', 'instance', 'job', 'le']
const known = new Map(
  [...read('docs/metrics.md').matchAll(ROW)].flatMap(([, name = '', type = '', labels = '']) => {
    const row = { labels: [...(labels.match(/\w+/g) ?? []), ...ON_ALL] }
    const names = type === 'histogram' ? ['', '_bucket', '_sum', '_count'].map((it) => name + it) : [name]
    return names.map((it) => [it, row] as const)
  }),
)
const files = globSync(
  [
    'infra/{prometheus/rules,grafana/dashboards}/*.{yml,json}',
    'k8s/components/**/*.yaml',
    'docs/**/*.md',
    '{services,packages}/*/README.md',
  ],
  { cwd: CHECKOUT },
)

const roles = new Set(read('packages/database/grants.sql').match(/waybill_\w+/g))

/** Every name in a text that is not that of a role in the database, with the labels that stand behind it in braces. */
function metricsIn(text: string) {
  const found = [...text.matchAll(/\b(waybill_\w+)(?:\{([^}]*)\})?/g)].filter(
    ([, name = '']) => !roles.has(name),
  )
  return found.map(([, name = '', selector = '']) => ({
    name,
    labels: selector
      .replaceAll(/\\?"[^"]*"/g, '')
      .split(',')
      .flatMap((it) => /^\s*(\w+)/.exec(it)?.[1] ?? []),
  }))
}

describe('the metrics that rules, dashboards, scalers and pages name', () => {
  it.each(files.filter((path) => read(path).includes('waybill_')))('%s', (path) => {
    const unknown = metricsIn(read(path)).flatMap(({ name, labels }) => {
      const metric = known.get(name)
      if (!metric) return [name]
      return labels.filter((it) => !metric.labels.includes(it)).map((it) => `${name}{${it}}`)
    })
    expect(unknown).toEqual([])
  })
})
