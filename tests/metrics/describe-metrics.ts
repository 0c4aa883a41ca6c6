import type { Metric } from './read-metrics.ts'

const UNITS = ['seconds', 'bytes', 'usd'] as const

/** docs/metrics.md. */
export function describeMetrics(metrics: readonly Metric[]): string {
  const services = new Set(metrics.flatMap((it) => it.services)).size
  const rowOf = ({ name, type, labelNames, help, services: exposedBy }: Metric) => {
    const labels = labelNames.map((it) => `\`${it}\``).join(' ')
    const by = exposedBy.length === services ? 'all' : exposedBy.join(', ')
    return `| \`${name}\` | ${type} | ${labels} | ${unitOf(name)} | ${by} | ${help} |`
  }
  const tableOf = (rows: readonly Metric[]) =>
    [
      '| name | type | labels | unit | exposed by | what it is |',
      '|---|---|---|---|---|---|',
      ...rows.map(rowOf),
    ].join('\n')
  const isOurs = ({ name }: Metric) => name.startsWith('waybill_')
  return `# Metrics

Written by \`npm run metrics\`, which starts every service and reads what it registers: a test fails when this page and the
code differ. Every metric carries \`service\` and \`instance\`. No label holds a phone number, a text or an id of a driver.
A histogram has \`_bucket\` (with \`le\`), \`_sum\` and \`_count\`.

${tableOf(metrics.filter(isOurs))}

## Of the process

By prom-client, for every service.

${tableOf(metrics.filter((it) => !isOurs(it)))}

## Of RabbitMQ

Depth of queues, consumers and connections come from RabbitMQ itself, from \`/metrics/detailed\` of its Prometheus plugin:
\`infra/prometheus/prometheus.yml\` says which families. \`rabbitmq_detailed_queue_messages_ready{queue}\` is what waits in a
queue; \`queue\` ends with \`.dead\` for dead letters.
`
}

/** By the name, as Prometheus has it: https://prometheus.io/docs/practices/naming/ */
function unitOf(name: string): string {
  const words = name.replace(/_total$/, '').split('_')
  return UNITS.find((unit) => words.at(-1) === unit) ?? ''
}
