import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

export function createMetrics(registry: Registry) {
  return {
    checks: new Counter({
      name: 'waybill_guardrails_checks_total',
      help: 'Texts that were checked, by direction and by what was decided',
      labelNames: ['direction', 'action'],
      registers: [registry],
    }),
    findings: new Counter({
      name: 'waybill_guardrails_findings_total',
      help: 'What was found, by check, severity and where the text was from: model is what goes out',
      labelNames: ['check', 'severity', 'source'],
      registers: [registry],
    }),
    checkSeconds: new Histogram({
      name: 'waybill_guardrails_check_seconds',
      help: 'From a text in hand to its verdict',
      labelNames: ['direction'],
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2],
      registers: [registry],
    }),
    judgements: new Counter({
      name: 'waybill_guardrails_judgements_total',
      help: 'What the checks were not sure of, by what became of asking a model: answered, remembered, or why not',
      labelNames: ['outcome'],
      registers: [registry],
    }),
    judgeCostUsd: new Counter({
      name: 'waybill_guardrails_judge_cost_usd_total',
      help: 'What these questions have cost in USD, as OpenRouter says',
      registers: [registry],
    }),
    policyLoadedAt: new Gauge({
      name: 'waybill_guardrails_policy_loaded_timestamp_seconds',
      help: 'When the policy that is in force was read',
      labelNames: ['policy'],
      registers: [registry],
    }),
    policyReloadFailures: new Counter({
      name: 'waybill_guardrails_policy_reload_failures_total',
      help: 'Policies that could not be read, so that the one before stayed',
      labelNames: ['policy'],
      registers: [registry],
    }),
  }
}
