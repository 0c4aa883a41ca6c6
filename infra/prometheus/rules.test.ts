import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { parse, stringify } from 'yaml'

const RULES = fileURLToPath(new URL('rules/waybill.yml', import.meta.url))
const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url))

type Rule = { alert?: string; annotations?: { runbook: string } }
const { groups }: { groups: { rules: Rule[] }[] } = parse(readFileSync(RULES, 'utf8'))
const alerts = groups.flatMap(({ rules }) => rules.filter((it) => it.alert !== undefined))

/** Series in promtool's notation, a value a minute: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/ */
type Series = Readonly<Record<string, string>>
type Case = { fires: Series; staysQuiet: Series; after?: string }

const waits = (work: string, seconds: number) => ({
  [`waybill_backlog_oldest_seconds{work="${work}"}`]: `${seconds}x120`,
})
const understood = (tool: string) => `waybill_messages_understood_total{tool="${tool}"}`
const queue = (name: string, depth: number) => ({
  [`rabbitmq_detailed_queue_messages_ready{queue="${name}"}`]: `${depth}x120`,
})
const model = (below1s: number, all: number) => ({
  'waybill_breaker_call_seconds_bucket{breaker="openrouter",le="1"}': `0+${below1s}x120`,
  'waybill_breaker_call_seconds_bucket{breaker="openrouter",le="10"}': `0+${all}x120`,
  'waybill_breaker_call_seconds_bucket{breaker="openrouter",le="+Inf"}': `0+${all}x120`,
})
const tokens = (cached: number) => ({
  'waybill_model_tokens_total{kind="cached"}': `0+${cached}x120`,
  'waybill_model_tokens_total{kind="prompt"}': '0+10000x120',
})
const sessions = (postgres: number) => ({
  'waybill_sessions_total{source="postgres"}': `0+${postgres}x120`,
  'waybill_sessions_total{source="redis"}': '0+60x120',
})
const turns = (failed: number) => ({
  'waybill_turns_total{outcome="failed"}': `0+${failed}x120`,
  'waybill_turns_total{outcome="committed"}': '0+100x120',
})
const memory = (used: number) => ({
  'process_resident_memory_bytes{job="waybill",instance="a"}': `${used}x120`,
  'waybill_memory_limit_bytes{job="waybill",instance="a"}': '1000x120',
})
const webhooks = (refused: number) => ({
  'waybill_webhook_requests_total{outcome="blocked"}': `0+${refused / 2}x120`,
  'waybill_webhook_requests_total{outcome="too busy"}': `0+${refused / 2}x120`,
  'waybill_webhook_requests_total{outcome="kept"}': '0+1000x120',
  // Somebody who tries the door is nobody's budget.
  'waybill_webhook_requests_total{outcome="bad signature"}': '0+1000x120',
})
const acks = (within250ms: number) => ({
  'waybill_webhook_ack_seconds_bucket{le="0.25"}': `0+${within250ms}x120`,
  'waybill_webhook_ack_seconds_bucket{le="1"}': `0+${within250ms}x120`,
  'waybill_webhook_ack_seconds_bucket{le="2"}': '0+1000x120',
  'waybill_webhook_ack_seconds_bucket{le="+Inf"}': '0+1000x120',
})
const answers = (within10s: number) => ({
  'waybill_answer_seconds_bucket{le="10"}': `0+${within10s}x120`,
  waybill_answer_seconds_count: '0+100x120',
})

// A counter with labels is not there before it has counted: 17 minutes of nothing, then 1.
const FOR_THE_FIRST_TIME = '_x16 1x100'

const CASES: Readonly<Record<string, Case>> = {
  MessagesUnanswered: { fires: waits('messages', 61), staysQuiet: waits('messages', 59) },
  MessagesUnansweredLong: { fires: waits('messages', 301), staysQuiet: waits('messages', 299) },
  RepliesUnsent: { fires: waits('replies', 121), staysQuiet: waits('broadcasts', 121) },
  OrderCommandsWaiting: { fires: waits('order-commands', 901), staysQuiet: waits('order-commands', 600) },
  CheckInsLate: { fires: waits('check-ins', 901), staysQuiet: waits('check-ins', 890) },
  UnusuallyManyDeclines: {
    fires: { [understood('decline_route')]: '0+1x120', [understood('accept_route')]: '0+2x120' },
    staysQuiet: { [understood('decline_route')]: '0+1x120', [understood('accept_route')]: '0+4x120' },
    after: '90m',
  },
  VisibleDuplicates: {
    fires: { waybill_visible_duplicates_total: '0x10 1x110' },
    staysQuiet: { waybill_visible_duplicates_total: '1x120' },
    after: '15m',
  },
  QueueDeep: { fires: queue('sender.outbound-ready', 501), staysQuiet: queue('sender.outbound-ready', 500) },
  QueueVeryDeep: {
    fires: queue('intake.webhook-received', 1001),
    staysQuiet: queue('intake.webhook-received.dead', 1001),
  },
  DeadLetters: {
    fires: { 'waybill_dead_letters{queue="intake.webhook-received"}': '1x120' },
    staysQuiet: { 'waybill_dead_letters{queue="intake.webhook-received"}': '0x120' },
  },
  DeadLettersUncollected: {
    fires: queue('intake.webhook-received.dead', 1),
    staysQuiet: queue('intake.webhook-received', 1),
  },
  BrokerBlocksPublishers: {
    fires: { waybill_broker_blocked: '1x120' },
    staysQuiet: { waybill_broker_blocked: '0x120' },
  },
  LanesSwept: {
    fires: { 'waybill_lanes_swept_total{kind="inbound"}': '0+60x120' },
    staysQuiet: { 'waybill_lanes_swept_total{kind="inbound"}': '0+10x120' },
    after: '40m',
  },
  AuditNotSealed: {
    fires: { waybill_audit_unsealed_seconds: '0+60x120' },
    staysQuiet: { waybill_audit_unsealed_seconds: '60x120' },
    after: '40m',
  },
  RetentionStuck: {
    fires: { waybill_retention_last_run_timestamp_seconds: '0x300' },
    staysQuiet: { waybill_retention_last_run_timestamp_seconds: '0+60x300' },
    after: '4h30m',
  },
  BreakerOpen: {
    fires: { 'waybill_breaker_state{breaker="orders-read"}': '2 1 2 1 2 1 2 1 2 1 2 1 2x108' },
    // Half open until somebody calls.
    staysQuiet: { 'waybill_breaker_state{breaker="orders-read"}': '2x2 1x118' },
  },
  ModelSlow: { fires: model(90, 100), staysQuiet: model(100, 100), after: '30m' },
  ModelNeedsPerson: {
    fires: { 'waybill_model_calls_total{outcome="payment-required"}': FOR_THE_FIRST_TIME },
    staysQuiet: { 'waybill_model_calls_total{outcome="rate-limited"}': '0+1x120' },
  },
  AttacksOnTheAssistant: {
    fires: { 'waybill_guardrails_findings_total{check="injection",severity="block"}': '0+2x120' },
    staysQuiet: { 'waybill_guardrails_findings_total{check="injection",severity="log"}': '0+9x120' },
  },
  ModelLeaks: {
    fires: {
      'waybill_guardrails_findings_total{check="leak",severity="block_and_tell",source="model"}':
        FOR_THE_FIRST_TIME,
    },
    staysQuiet: {
      'waybill_guardrails_findings_total{check="secret",severity="warn",source="driver"}': '0+1x120',
    },
  },
  PolicyNotLoaded: {
    fires: { 'waybill_guardrails_policy_reload_failures_total{policy="default"}': FOR_THE_FIRST_TIME },
    staysQuiet: { 'waybill_guardrails_policy_reload_failures_total{policy="default"}': '3x120' },
  },
  PromptCacheCold: { fires: tokens(6_000), staysQuiet: tokens(8_000), after: '90m' },
  SessionsFromPostgres: { fires: sessions(60), staysQuiet: sessions(10), after: '60m' },
  WhatsAppRefusesUs: {
    fires: { 'waybill_sends_total{outcome="pause",code="190"}': FOR_THE_FIRST_TIME },
    staysQuiet: {
      'waybill_sends_total{outcome="rejected",code="131026"}': '0+1x120',
      // Mended long ago.
      'waybill_sends_total{outcome="pause",code="190"}': '3x120',
    },
  },
  InstanceDown: {
    fires: { 'up{job="waybill",instance="a"}': '0x120' },
    staysQuiet: { 'up{job="waybill",instance="a"}': '1x120' },
  },
  SchedulerGone: { fires: {}, staysQuiet: { 'waybill_backlog{work="messages"}': '0x120' } },
  TurnsFail: { fires: turns(10), staysQuiet: turns(4) },
  DatabaseFails: {
    fires: { 'waybill_turn_infrastructure_errors_total{step="database"}': '0+10x120' },
    staysQuiet: {
      'waybill_turn_infrastructure_errors_total{step="database"}': '3x120',
      'waybill_database_connections{state="waited-for"}': '5x120',
    },
  },
  MemoryHigh: { fires: memory(801), staysQuiet: memory(790) },
  WebhookBudgetBurns: { fires: webhooks(20), staysQuiet: webhooks(10), after: '70m' },
  WebhooksSlow: { fires: acks(400), staysQuiet: acks(1_000), after: '30m' },
  AnswerBudgetBurns: { fires: answers(80), staysQuiet: answers(90), after: '70m' },
}

describe('alerts', () => {
  it.each(alerts.map(({ alert }) => alert))('%s fires when it should, and only then', (alert) => {
    const found = CASES[alert ?? '']
    if (!found) throw new Error(`write a case for ${alert}`)
    const { fires, staysQuiet, after = '20m' } = found
    const test = (series: Series, isFiring: boolean) => ({
      interval: '1m',
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      promql_expr_test: [
        {
          expr: `count(ALERTS{alertname="${alert}", alertstate="firing"}) > 0 or vector(0)`,
          eval_time: after,
          exp_samples: [{ labels: '{}', value: isFiring ? 1 : 0 }],
        },
      ],
    })
    const run = promtool({
      rule_files: [RULES],
      evaluation_interval: '1m',
      tests: [test(fires, true), test(staysQuiet, false)],
    })
    expect(run).not.toThrow()
  })

  it('have a page each that says what to do', () => {
    for (const { alert, annotations } of alerts) {
      const page = join(CHECKOUT, annotations?.runbook ?? 'none')
      expect({
        alert,
        hasPage: existsSync(page) && readFileSync(page, 'utf8').includes(`\`${alert}\``),
      }).toEqual({
        alert,
        hasPage: true,
      })
    }
  })

  it('are the same in Kubernetes', () => {
    const rule = parse(readFileSync(join(CHECKOUT, 'k8s/components/monitoring/rules.yaml'), 'utf8'))
    expect(rule.spec.groups).toEqual(groups)
  })
})

/** Throws with what promtool found. */
function promtool(tests: unknown) {
  return () => {
    using dir = mkdtempDisposableSync(join(tmpdir(), 'waybill-rules-'))
    const file = join(dir.path, 'tests.yml')
    writeFileSync(file, stringify(tests))
    execFileSync('promtool', ['test', 'rules', file], {
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  }
}
