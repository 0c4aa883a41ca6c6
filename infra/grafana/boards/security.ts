import type { Board } from '../board.ts'
import { orZero, rate, total } from '../promql.ts'

const SHARE_OF_US = 'timeout|returned|nacked|blocked|disconnected|overloaded|too busy|HTTP 5..'

export const security: Board = {
  uid: 'waybill-security',
  title: 'Waybill / Security',
  description: 'Who tries the door, what the guardrails see, and who is kept out.',
  looksBack: '24h',
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Attacks blocked in 15 minutes',
          says: 'Injections. More than twenty: one driver, or many? `guardrail_events` says whose.',
          ...{ unit: 'short', shows: 'now', width: 6 },
          queries: {
            blocked: orZero(
              'sum(increase(waybill_guardrails_findings_total{check="injection", severity=~"block.*"}[15m]))',
            ),
          },
          alerts: { AttacksOnTheAssistant: 20 },
        },
        {
          title: 'Stopped in what a model wrote',
          says: 'A leak of the prompt, or a secret. Each is worth a look, and none has left.',
          ...{ unit: 'short', shows: 'now', width: 6 },
          queries: {
            stopped: orZero(
              'sum(increase(waybill_guardrails_findings_total{check=~"leak|secret", source="model"}[15m]))',
            ),
          },
          alerts: { ModelLeaks: 0 },
        },
        {
          title: 'Suspended drivers',
          says: 'Blocked too often, or by dispatch. They are told where to turn; dispatch can let them in again.',
          ...{ unit: 'short', shows: 'now', width: 6 },
          queries: { suspended: 'max(waybill_drivers{status="suspended"})' },
        },
        {
          title: 'Refused signatures',
          says: 'Webhooks that nobody signed with our secret. Many from Meta itself: the app secret was changed.',
          ...{ unit: 'short', shows: 'now', width: 6 },
          queries: { refused: orZero(total('waybill_webhook_requests_total{outcome="bad signature"}')) },
        },
      ],
    },
    {
      title: 'At the door',
      panels: [
        {
          title: 'Webhooks not taken, and not for a fault of ours',
          says: 'bad signature, wrong token, too large: strangers, or a secret that differs from Meta’s.',
          ...{ unit: 'reqps', shows: 'lines', width: 12 },
          queries: {
            '{{outcome}}': rate(`waybill_webhook_requests_total{outcome!~"kept|handshake|${SHARE_OF_US}"}`, [
              'outcome',
            ]),
          },
        },
        {
          title: 'Order events not taken',
          says: 'bad signature: the secret of the order system, or a stranger. not an event: its authors should know.',
          ...{ unit: 'reqps', shows: 'lines', width: 12 },
          queries: { '{{outcome}}': rate('waybill_order_events_total{outcome!="kept"}', ['outcome']) },
        },
        {
          title: 'People who are not served',
          says: 'unknown: nobody’s number. locked: a changed identity that dispatch has to confirm.',
          ...{ unit: 'reqps', shows: 'lines', width: 12 },
          queries: { '{{reason}}': rate('waybill_senders_refused_total', ['reason']) },
        },
        {
          title: 'Turns that wait for a limit',
          says: 'driver: one writes too much. all: everybody does, and the limit for all may be too low.',
          ...{ unit: 'reqps', shows: 'lines', width: 12 },
          queries: {
            '{{scope}}': rate('waybill_rate_limited_turns_total', ['scope']),
            'counted without Redis': rate('waybill_rate_limits_in_process_total'),
          },
          emptyUnless: 'somebody writes more than may be answered at once',
        },
      ],
    },
    {
      title: 'Guardrails',
      panels: [
        {
          title: 'Findings',
          says: 'By check and severity, whoever wrote it. A check that jumps after a change of policy: the policy.',
          ...{ unit: 'reqps', shows: 'lines', width: 12 },
          queries: {
            '{{check}} {{severity}} ({{source}})': rate('waybill_guardrails_findings_total', [
              'check',
              'severity',
              'source',
            ]),
          },
        },
        {
          title: 'What was done with texts',
          says: 'minimum-…: the guardrails were away, and only plain attacks were seen; nothing of a model left.',
          ...{ unit: 'reqps', shows: 'stacked', width: 12 },
          queries: {
            '{{direction}} {{outcome}}': rate('waybill_guarded_texts_total', ['direction', 'outcome']),
          },
        },
        {
          title: 'Age of the policy in force',
          says: 'Since it was read. An instance that stands out has not read the new one.',
          ...{ unit: 's', shows: 'lines', width: 12 },
          queries: {
            '{{instance}} {{policy}}': 'time() - waybill_guardrails_policy_loaded_timestamp_seconds',
          },
        },
        {
          title: 'Policies that could not be read',
          says: 'The one before is in force. The log of guardrails has line and column.',
          ...{ unit: 'short', shows: 'lines', width: 12 },
          queries: {
            '{{policy}}': 'sum by (policy) (increase(waybill_guardrails_policy_reload_failures_total[10m]))',
          },
          alerts: { PolicyNotLoaded: 0 },
          emptyUnless: 'somebody has written a policy with mistakes',
        },
      ],
    },
    {
      title: 'Record',
      panels: [
        {
          title: 'Audit without a link',
          says: 'Age of the oldest row that is not in the chain yet. The scheduler adds what is new every minute.',
          ...{ unit: 's', shows: 'lines', width: 12 },
          queries: { oldest: 'max(waybill_audit_unsealed_seconds)' },
          alerts: { AuditNotSealed: 600 },
        },
      ],
    },
    {
      title: 'Accounts',
      panels: [
        {
          title: 'WhatsApp refuses us',
          says: 'Token, number or account: 190 is the token. Nothing is lost, and nothing leaves until somebody mends it.',
          ...{ unit: 'short', shows: 'lines', width: 12 },
          queries: { '{{code}}': 'sum by (code) (increase(waybill_sends_total{outcome="pause"}[5m]))' },
          alerts: { WhatsAppRefusesUs: 0 },
          emptyUnless: 'WhatsApp has refused us',
        },
        {
          title: 'OpenRouter refuses us',
          says: 'Key, credit or account. Common requests are answered without a model meanwhile.',
          ...{ unit: 'short', shows: 'lines', width: 12 },
          queries: {
            '{{outcome}}':
              'sum by (outcome) (increase(waybill_model_calls_total{outcome=~"payment-required|authentication|no-endpoint"}[5m]))',
          },
          alerts: { ModelNeedsPerson: 0 },
          emptyUnless: 'OpenRouter has refused us',
        },
      ],
    },
  ],
}
