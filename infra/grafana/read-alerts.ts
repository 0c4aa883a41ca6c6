import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parse } from 'yaml'

export type Alert = {
  name: string
  expr: string
  severity: 'warning' | 'critical'
  /** The file name of its page. */
  runbook: string
}
type Rule = {
  alert?: string
  expr: string
  labels: { severity: Alert['severity'] }
  annotations: { runbook: string }
}

const RULES = new URL('../prometheus/rules/waybill.yml', import.meta.url)

/** The alerts of Prometheus by name. */
export function readAlerts(): ReadonlyMap<string, Alert> {
  const { groups }: { groups: { rules: Rule[] }[] } = parse(readFileSync(RULES, 'utf8'))
  return new Map(
    groups
      .flatMap(({ rules }) => rules)
      .flatMap(({ alert: name, expr, labels, annotations }) =>
        name === undefined
          ? []
          : [[name, { name, expr, severity: labels.severity, runbook: basename(annotations.runbook) }]],
      ),
  )
}
