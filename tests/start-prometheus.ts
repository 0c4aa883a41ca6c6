import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CHECKOUT } from '@waybill/local'
import { eventually } from '@waybill/test-kit'
import { askBroker } from '@waybill/tools'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { freePorts } from '../infra/local/servers/free-ports.ts'

const answerSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
})
const configSchema = z.object({
  scrape_configs: z.tuple([
    z.looseObject({ job_name: z.literal('waybill'), dns_sd_configs: z.unknown() }),
    z.looseObject({ job_name: z.literal('rabbitmq'), dns_sd_configs: z.unknown() }),
  ]),
})

export type Prometheus = AsyncDisposable & {
  /** The values of an instant query. Throws for what is not PromQL. */
  query(expr: string): Promise<number[]>
  /** Resolves when every target was scraped, and what the rules record was recorded, after now. */
  caughtUp(): Promise<void>
}

const overviewSchema = z.object({
  listeners: z.array(z.object({ protocol: z.string(), port: z.number() })),
})

/** Debian's Prometheus with the configuration of compose, but for where services and the broker are: it looks every second. */
export async function startPrometheus(
  metricsUrls: readonly string[],
  rabbitmqManagementUrl: string,
): Promise<Prometheus> {
  await using opened = new AsyncDisposableStack()
  const dir = opened.adopt(await mkdtemp(join(tmpdir(), 'waybill-prometheus-')), (it) =>
    rm(it, { recursive: true, force: true }),
  )
  const [port] = await freePorts(1)
  const config = configSchema.parse(
    parse(readFileSync(join(CHECKOUT, 'infra/prometheus/prometheus.yml'), 'utf8')),
  )
  const [{ dns_sd_configs: _names, ...waybill }, { dns_sd_configs: _nodes, ...rabbitmq }] =
    config.scrape_configs
  const overview = await askBroker(rabbitmqManagementUrl, 'GET', 'overview')
  const { listeners } = overviewSchema.parse(await overview.json())
  const ofBroker = listeners.filter(({ protocol }) => protocol === 'http/prometheus')
  await writeFile(
    join(dir, 'prometheus.yml'),
    stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [join(CHECKOUT, 'infra/prometheus/rules/*.yml')],
      scrape_configs: [
        { ...waybill, static_configs: [{ targets: metricsUrls.map((it) => new URL(it).host) }] },
        { ...rabbitmq, static_configs: [{ targets: ofBroker.map(({ port }) => `127.0.0.1:${port}`) }] },
      ],
    }),
  )
  const process = spawn(
    'prometheus',
    [
      `--config.file=${join(dir, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  )
  opened.defer(() => end(process))
  const url = `http://127.0.0.1:${port}`
  await eventually(async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok, {
    what: 'Prometheus',
    timeoutMs: 20_000,
  })
  const whole = opened.move()

  async function query(expr: string): Promise<number[]> {
    const answer = await fetch(`${url}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: expr }),
    })
    if (!answer.ok) throw new Error(`${expr}: ${await answer.text()}`)
    return answerSchema.parse(await answer.json()).data.result.map(({ value }) => Number(value[1]))
  }

  return {
    query,
    async caughtUp() {
      const now = Date.now() / 1_000
      const scraped = `count(timestamp(up{job="waybill"}) > ${now}) == ${metricsUrls.length}`
      const looked = `min(timestamp(slo:late_answers:ratio_rate5m)) > ${now}`
      for (const expr of [scraped, looked]) {
        await eventually(async () => (await query(expr)).length > 0, { what: expr, timeoutMs: 20_000 })
      }
    },
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  }
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null) return
  const ended = once(process, 'exit')
  process.kill('SIGTERM')
  await ended
}
