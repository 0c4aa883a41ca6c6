import type { Board } from '../board.ts'
import { orZero, quantile, quantiles, rate } from '../promql.ts'

const oldest = (work: string) => `max(waybill_backlog_oldest_seconds{work="${work}"})`

export const operations: Board = {
  uid: 'waybill-operations',
  title: 'Waybill / Operations',
  description: 'At six in the morning: is anything wrong, how long do drivers wait, and at which hop.',
  looksBack: '3h',
  rows: [
    {
      title: 'Is anything wrong?',
      panels: [
        {
          title: 'Critical alerts',
          says: 'Somebody has to look now. The list beside it names them; each has a page among the runbooks.',
          ...{ unit: 'short', shows: 'now', width: 4, badFrom: 1 },
          queries: { critical: orZero('count(ALERTS{alertstate="firing", severity="critical"})') },
        },
        {
          title: 'What fires',
          says: 'Alerts by name since when they fire. Nothing here: nothing is known to be wrong.',
          ...{ unit: 'short', shows: 'lines', width: 8 },
          queries: {
            '{{alertname}} {{severity}}': 'count by (alertname, severity) (ALERTS{alertstate="firing"})',
          },
          emptyUnless: 'an alert fires',
        },
        {
          title: 'A driver waits for an answer',
          says: 'The message that has waited longest. Above a minute: is there an assistant, does the model answer?',
          ...{ unit: 's', shows: 'now', width: 4 },
          queries: { oldest: oldest('messages') },
          alerts: { MessagesUnanswered: 60, MessagesUnansweredLong: 300 },
        },
        {
          title: 'A reply waits for WhatsApp',
          says: 'The reply that has waited longest. Is there a sender, and does WhatsApp take what it sends?',
          ...{ unit: 's', shows: 'now', width: 4 },
          queries: { oldest: oldest('replies') },
          alerts: { RepliesUnsent: 120 },
        },
        {
          title: 'Instances that do not answer',
          says: 'Their metrics are missing everywhere else. `kubectl get pods`, then the log of the one that was before.',
          ...{ unit: 'short', shows: 'now', width: 4, badFrom: 1 },
          queries: { down: orZero('count(up{job="waybill"} == 0)') },
        },
        {
          title: 'Answered within 10 s',
          says: 'Of the messages of the last hour, from WhatsApp’s timestamp to the commit of the answer. Promised: 99 %.',
          ...{ unit: 'percentunit', shows: 'now', width: 6, badFrom: 0.99, isBadBelow: true },
          queries: { answered: '1 - slo:late_answers:ratio_rate1h' },
        },
        {
          title: 'Webhooks taken',
          says: 'Of those of the last hour that were ours to take; strangers at the door do not count. Promised: 99.9 %.',
          ...{ unit: 'percentunit', shows: 'now', width: 6, badFrom: 0.999, isBadBelow: true },
          queries: { taken: '1 - (slo:webhook_errors:ratio_rate1h or vector(0))' },
        },
        {
          title: 'Dead letters',
          says: 'Set aside for a person. `npm run dead-letters -- list`, then show, replay or drop.',
          ...{ unit: 'short', shows: 'now', width: 6 },
          queries: { open: orZero('sum(max by (queue) (waybill_dead_letters))') },
          alerts: { DeadLetters: 0 },
        },
        {
          title: 'Breakers open',
          says: 'Upstreams that are not asked for the moment. Drivers are still answered: see the page for what they miss.',
          ...{ unit: 'short', shows: 'now', width: 6, badFrom: 1 },
          queries: { open: orZero('count(max by (breaker) (waybill_breaker_state) == 2)') },
        },
      ],
    },
    {
      title: 'How long do drivers wait?',
      panels: [
        {
          title: 'From WhatsApp’s timestamp to accepted by WhatsApp',
          says: 'All there is of us, and the way to us; the timestamp is of whole seconds. Jumps alone: drivers came back online.',
          ...{ unit: 's', shows: 'lines', width: 8 },
          queries: quantiles('waybill_message_to_accepted_seconds'),
        },
        {
          title: 'From our door to accepted by WhatsApp',
          says: 'What is ours to mend. It grows with the model, the order system and with queues: see the hops below.',
          ...{ unit: 's', shows: 'lines', width: 8 },
          queries: quantiles('waybill_webhook_to_accepted_seconds'),
        },
        {
          title: 'Budget for late answers burns',
          says: 'How much faster than promised; at 14.4 two percent of a month’s budget are gone within an hour.',
          ...{ unit: 'short', shows: 'lines', width: 8 },
          queries: {
            'last 5 minutes': 'slo:late_answers:ratio_rate5m / 0.01',
            'last hour': 'slo:late_answers:ratio_rate1h / 0.01',
          },
          alerts: { AnswerBudgetBurns: 14.4 },
        },
        {
          title: 'What waits',
          says: 'Rows of PostgreSQL that wait. Messages that grow want assistants, replies want senders or WhatsApp.',
          ...{ unit: 'short', shows: 'stacked', width: 12 },
          queries: { '{{work}}': 'max by (work) (waybill_backlog)' },
        },
        {
          title: 'How long the oldest waits',
          says: 'Order commands wait for the order system, notices for dispatch, broadcasts for room behind replies.',
          ...{ unit: 's', shows: 'lines', width: 12 },
          queries: { '{{work}}': 'max by (work) (waybill_backlog_oldest_seconds)' },
        },
      ],
    },
    {
      title: 'Which hop?',
      panels: [
        {
          title: '95 % within, hop by hop',
          says: 'Whichever line moved is where to look; each service has a dashboard of its own.',
          ...{ unit: 's', shows: 'lines', width: 12 },
          queries: {
            'ingress: webhook to ack': quantile(0.95, 'waybill_webhook_ack_seconds'),
            'queue and intake: arrival to record': quantile(0.95, 'waybill_message_recorded_after_seconds'),
            'assistant: claim to commit': quantile(0.95, 'waybill_turn_seconds'),
            'sender: commit to accepted': quantile(
              0.95,
              'waybill_reply_accepted_after_seconds{priority="reply"}',
            ),
            'WhatsApp’s answer': quantile(0.95, 'waybill_send_seconds'),
          },
        },
        {
          title: 'Stages of a turn, 95 % within',
          says: 'understand is the model, act the order system and the rendering, guard-in and guard-out the guardrails.',
          ...{ unit: 's', shows: 'lines', width: 12 },
          queries: { '{{stage}}': quantile(0.95, 'waybill_turn_stage_seconds', ['stage']) },
        },
        {
          title: 'Messages in queues',
          says: 'Deep and growing: nobody consumes, or too slowly. Dead letters are not in here.',
          ...{ unit: 'short', shows: 'lines', width: 8 },
          queries: {
            '{{queue}}': 'sum by (queue) (rabbitmq_detailed_queue_messages_ready{queue!~".*\\\\.dead"})',
          },
          alerts: { QueueDeep: 500, QueueVeryDeep: 1000 },
        },
        {
          title: 'Turns',
          says: 'failed is tried again, dead is not; fenced was somebody else’s by then; limited waits for its turn.',
          ...{ unit: 'reqps', shows: 'stacked', width: 8 },
          queries: { '{{outcome}}': rate('waybill_turns_total', ['outcome']) },
        },
        {
          title: 'Turns that fail',
          says: 'One in twenty is too many: the log of an assistant says why, and last_error in `inbound`.',
          ...{ unit: 'percentunit', shows: 'lines', width: 8 },
          queries: {
            'failed or dead': `sum(rate(waybill_turns_total{outcome=~"failed|dead"}[2m])) / sum(rate(waybill_turns_total[2m])) or vector(0)`,
          },
          alerts: { TurnsFail: 0.05 },
        },
        {
          title: 'Lanes with work',
          says: 'leased: somebody is on it. waiting for long: hints get lost. backing-off: what was tried has failed.',
          ...{ unit: 'short', shows: 'stacked', width: 8 },
          queries: { '{{lane}} {{state}}': 'max by (lane, state) (waybill_lanes)' },
        },
        {
          title: 'Lanes swept and fenced',
          says: 'Swept: found by the scheduler because a hint was lost or a back-off ended. Fenced: work thrown away.',
          ...{ unit: 'reqps', shows: 'lines', width: 8 },
          queries: {
            swept: 'sum(rate(waybill_lanes_swept_total[10m])) or vector(0)',
            fenced: orZero(rate('waybill_lane_fenced_total')),
          },
          alerts: { LanesSwept: 0.5 },
        },
        {
          title: 'Redelivered',
          says: 'Somebody died with it in hand, or lost its connection: a restart shows here, and nothing else should.',
          ...{ unit: 'reqps', shows: 'lines', width: 8 },
          queries: { '{{queue}}': rate('waybill_messages_redelivered_total', ['queue']) },
          emptyUnless: 'a consumer has died or lost its connection',
        },
      ],
    },
    {
      title: 'Who else is slow?',
      panels: [
        {
          title: 'Breakers',
          says: '0 closed, 1 half open, 2 open. Open for five minutes: the page says what drivers see meanwhile.',
          ...{ unit: 'short', shows: 'lines', width: 8 },
          queries: { '{{breaker}}': 'max by (breaker) (waybill_breaker_state)' },
          alerts: { BreakerOpen: 2 },
        },
        {
          title: 'Calls, 95 % within',
          says: 'openrouter above 3 s: other provider or model. orders-read: drivers get the last known orders when it opens.',
          ...{ unit: 's', shows: 'lines', width: 8 },
          queries: { '{{breaker}}': quantile(0.95, 'waybill_breaker_call_seconds', ['breaker']) },
          alerts: { ModelSlow: 3 },
        },
        {
          title: 'Calls without an answer',
          says: 'error and timeout are the upstream, open and capacity are us sparing it.',
          ...{ unit: 'reqps', shows: 'lines', width: 8 },
          queries: {
            '{{breaker}} {{outcome}}': rate('waybill_breaker_calls_total{outcome!="success"}', [
              'breaker',
              'outcome',
            ]),
          },
          emptyUnless: 'an upstream fails',
        },
      ],
    },
    {
      title: 'Machines',
      panels: [
        {
          title: 'Memory of its limit',
          says: 'At the limit the kernel kills the process. Where there is no limit there is no line.',
          ...{ unit: 'percentunit', shows: 'lines', width: 8 },
          queries: {
            '{{instance}}':
              'process_resident_memory_bytes{job="waybill"} / on (instance) waybill_memory_limit_bytes',
          },
          alerts: { MemoryHigh: 0.8 },
          emptyUnless: 'the containers have a memory limit',
        },
        {
          title: 'Event-loop lag, 99th',
          says: 'How long a callback waits for its turn. Ingress sheds load at one second: add instances before.',
          ...{ unit: 's', shows: 'lines', width: 8, badFrom: 1 },
          queries: { '{{instance}}': 'nodejs_eventloop_lag_p99_seconds{job="waybill"}' },
        },
        {
          title: 'Waiting for a PostgreSQL connection',
          says: 'The pool is used up: PostgreSQL is slow, or gone. `pg_stat_activity` says what it is at.',
          ...{ unit: 'short', shows: 'lines', width: 8 },
          queries: { '{{service}}': 'max by (service) (waybill_database_connections{state="waited-for"})' },
          alerts: { DatabaseFails: 50 },
        },
      ],
    },
  ],
}
