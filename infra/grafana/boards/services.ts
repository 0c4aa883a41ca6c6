import type { Board, Panel } from '../board.ts'
import { quantile, quantiles, rate } from '../promql.ts'

type Row = Board['rows'][number]
type Service = {
  name: 'ingress' | 'intake' | 'assistant' | 'guardrails' | 'sender' | 'scheduler' | 'dispatch'
  description: string
  rows: readonly Row[]
}

/** Of one service among those that expose the same metric. */
const of = (service: Service['name'], metric: string) => `${metric}{service="${service}"}`

const backlog = (work: string): Panel => ({
  title: `Waiting ${work}`,
  says: 'Rows that wait, whoever is to take them.',
  ...{ unit: 'short', shows: 'lines', width: 8 },
  queries: { '{{work}}': `max by (work) (waybill_backlog{work=~"${work}"})` },
})

const SERVICES: readonly Service[] = [
  {
    name: 'ingress',
    description: 'Webhooks to RabbitMQ: checked, published, confirmed, acknowledged.',
    rows: [
      {
        title: 'Webhooks',
        panels: [
          {
            title: 'By outcome',
            says: 'Anything that is ours and not kept, WhatsApp sends again: blocked and disconnected are the broker.',
            ...{ unit: 'reqps', shows: 'stacked', width: 8 },
            queries: { '{{outcome}}': rate('waybill_webhook_requests_total', ['outcome']) },
          },
          {
            title: 'Acknowledged within: half',
            says: 'From the whole body in hand to the answer. Nearly all of it is the broker’s confirm.',
            ...{ unit: 's', shows: 'lines', width: 4 },
            queries: { 'half within': quantile(0.5, 'waybill_webhook_ack_seconds') },
            alerts: { WebhooksSlow: 0.25 },
          },
          {
            title: 'Acknowledged within: 99 %',
            says: 'Slower than a second, and WhatsApp may slow down or switch us off.',
            ...{ unit: 's', shows: 'lines', width: 4 },
            queries: { '99 % within': quantile(0.99, 'waybill_webhook_ack_seconds') },
            alerts: { WebhooksSlow: 1 },
          },
          {
            title: 'Budget for refused webhooks burns',
            says: 'How much faster than promised; at 14.4 two percent of a month’s budget are gone within an hour.',
            ...{ unit: 'short', shows: 'lines', width: 8 },
            queries: {
              'last 5 minutes': '(slo:webhook_errors:ratio_rate5m or vector(0)) / 0.001',
              'last hour': '(slo:webhook_errors:ratio_rate1h or vector(0)) / 0.001',
            },
            alerts: { WebhookBudgetBurns: 14.4 },
          },
          {
            title: 'Events of the order system',
            says: 'kept, or what it was told to do about them.',
            ...{ unit: 'reqps', shows: 'lines', width: 8 },
            queries: { '{{outcome}}': rate('waybill_order_events_total', ['outcome']) },
          },
        ],
      },
    ],
  },
  {
    name: 'intake',
    description:
      'Webhooks to rows: split, recorded in one transaction, conversations woken. One works, one stands by.',
    rows: [
      {
        title: 'Webhooks',
        panels: [
          {
            title: 'What they carry',
            says: 'malformed goes to the dead letters, foreign is somebody else’s number on our account.',
            ...{ unit: 'reqps', shows: 'stacked', width: 8 },
            queries: { '{{kind}}': rate('waybill_intake_elements_total', ['kind']) },
          },
          {
            title: 'From arrival at ingress to the record',
            says: 'The queue and the batch. It grows with the queue: is the one at work alive, does PostgreSQL keep up?',
            ...{ unit: 's', shows: 'lines', width: 8 },
            queries: quantiles('waybill_message_recorded_after_seconds'),
          },
          {
            title: 'A batch takes',
            says: 'Nearly all of it is one transaction in PostgreSQL.',
            ...{ unit: 's', shows: 'lines', width: 8 },
            queries: quantiles('waybill_intake_batch_seconds'),
          },
          {
            title: 'Receipts',
            says: 'What became of our messages, as WhatsApp says.',
            ...{ unit: 'reqps', shows: 'stacked', width: 12 },
            queries: { '{{status}}': rate('waybill_receipts_total', ['status']) },
          },
          {
            title: 'Seen twice by a driver',
            says: 'Within fifteen minutes. `SELECT * FROM visible_duplicates` names the replies.',
            ...{ unit: 'short', shows: 'lines', width: 12 },
            queries: { duplicates: 'sum(increase(waybill_visible_duplicates_total[15m]))' },
            alerts: { VisibleDuplicates: 0 },
          },
        ],
      },
    ],
  },
  {
    name: 'assistant',
    description: 'Messages to answers: claimed, understood, done, rendered, committed.',
    rows: [
      {
        title: 'Turns',
        panels: [
          {
            title: 'By path and outcome',
            says: 'none: nothing was to be understood, or the turn did not get so far.',
            ...{ unit: 'reqps', shows: 'stacked', width: 8 },
            queries: { '{{path}} {{outcome}}': rate('waybill_turns_total', ['path', 'outcome']) },
          },
          {
            title: '95 % within, by path',
            says: 'From claim to commit. fast and cache that grow with model: too many turns in flight for the machine.',
            ...{ unit: 's', shows: 'lines', width: 8 },
            queries: { '{{path}}': quantile(0.95, 'waybill_turn_seconds', ['path']) },
          },
          {
            title: 'Stages, 95 % within',
            says: 'For each message that needs the stage. admit, commit: PostgreSQL. hand-on: Redis and the broker.',
            ...{ unit: 's', shows: 'lines', width: 8 },
            queries: { '{{stage}}': quantile(0.95, 'waybill_turn_stage_seconds', ['stage']) },
          },
          {
            title: 'From WhatsApp’s timestamp to the commit',
            says: 'The timestamp is of whole seconds. 99 % within 10 s are promised.',
            ...{ unit: 's', shows: 'lines', width: 8 },
            queries: quantiles('waybill_answer_seconds'),
          },
          {
            title: 'Given back',
            says: 'PostgreSQL or the broker failed, and the turn was left to the sweeper.',
            ...{ unit: 'reqps', shows: 'lines', width: 8 },
            queries: { '{{step}}': rate('waybill_turn_infrastructure_errors_total', ['step']) },
            alerts: { DatabaseFails: 0.05 },
            emptyUnless: 'PostgreSQL or the broker fails',
          },
          {
            title: 'Fenced, and hints that were not taken',
            says: 'Thrown away because somebody else had the lane; not published, so that the sweeper makes up for it.',
            ...{ unit: 'reqps', shows: 'lines', width: 8 },
            queries: {
              'fenced: {{lane}}': rate(of('assistant', 'waybill_lane_fenced_total'), ['lane']),
              'hints: {{queue}}': rate('waybill_hints_unpublished_total', ['queue']),
            },
            emptyUnless: 'a lane was taken over, or the broker was away',
          },
        ],
      },
      {
        title: 'Understanding',
        panels: [
          {
            title: 'Messages by path',
            says: 'rules that grow: the model is away.',
            ...{ unit: 'reqps', shows: 'stacked', width: 8 },
            queries: { '{{path}}': rate('waybill_messages_understood_total', ['path']) },
          },
          {
            title: 'Calls to the model',
            says: 'calls and none are answers; the others say what was wrong.',
            ...{ unit: 'reqps', shows: 'stacked', width: 8 },
            queries: { '{{outcome}}': rate('waybill_model_calls_total', ['outcome']) },
          },
          {
            title: 'Calls to others, 95 % within',
            says: 'Each behind its breaker.',
            ...{ unit: 's', shows: 'lines', width: 8 },
            queries: {
              '{{breaker}}': quantile(0.95, of('assistant', 'waybill_breaker_call_seconds'), ['breaker']),
            },
          },
          {
            title: 'The driver’s word to the order system',
            says: 'retry: it is away, or asks for time. rejected: the driver was told.',
            ...{ unit: 'reqps', shows: 'lines', width: 8 },
            queries: {
              '{{command}} {{outcome}}': rate('waybill_order_commands_total', ['command', 'outcome']),
            },
          },
          {
            title: 'Orders that could not be read',
            says: 'Drivers got the last known ones, with their age.',
            ...{ unit: 'reqps', shows: 'lines', width: 8 },
            queries: { unreachable: rate('waybill_orders_unreachable_total') },
          },
          {
            title: 'News of the order system',
            says: 'moot: gone again before it was told.',
            ...{ unit: 'reqps', shows: 'lines', width: 8 },
            queries: { '{{outcome}}': rate('waybill_order_events_told_total', ['outcome']) },
          },
        ],
      },
    ],
  },
  {
    name: 'guardrails',
    description: 'What may come in, what may go out.',
    rows: [
      {
        title: 'Texts',
        panels: [
          {
            title: 'By what was decided',
            says: 'block of output: a model wrote what stands nowhere, and the driver got something else.',
            ...{ unit: 'reqps', shows: 'stacked', width: 8 },
            queries: {
              '{{direction}} {{action}}': rate('waybill_guardrails_checks_total', ['direction', 'action']),
            },
          },
          {
            title: 'A verdict takes',
            says: '95 % within. The assistant waits one second at most.',
            ...{ unit: 's', shows: 'lines', width: 8 },
            queries: { '{{direction}}': quantile(0.95, 'waybill_guardrails_check_seconds', ['direction']) },
          },
          {
            title: 'Findings by check',
            says: 'The security dashboard has them by severity and source.',
            ...{ unit: 'reqps', shows: 'stacked', width: 8 },
            queries: { '{{check}}': rate('waybill_guardrails_findings_total', ['check']) },
          },
        ],
      },
    ],
  },
  {
    name: 'sender',
    description:
      'Replies to WhatsApp, one after the other for each conversation, at the rate that it allows.',
    rows: [
      {
        title: 'Sends',
        panels: [
          {
            title: 'By outcome',
            says: 'retry goes back and waits, ambiguous waits for its receipt, rejected is over, pause needs a person.',
            ...{ unit: 'reqps', shows: 'stacked', width: 8 },
            queries: { '{{outcome}}': rate('waybill_sends_total', ['outcome']) },
          },
          {
            title: 'Codes of WhatsApp',
            says: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes says what they mean.',
            ...{ unit: 'reqps', shows: 'lines', width: 8 },
            queries: { '{{code}} ({{outcome}})': rate('waybill_sends_total{code!=""}', ['code', 'outcome']) },
            emptyUnless: 'WhatsApp has refused something',
          },
          {
            title: 'WhatsApp takes',
            says: 'To answer one call.',
            ...{ unit: 's', shows: 'lines', width: 8 },
            queries: quantiles('waybill_send_seconds'),
          },
          {
            title: 'From commit to accepted',
            says: '95 % within. Broadcasts wait behind replies for the rate of the number.',
            ...{ unit: 's', shows: 'lines', width: 8 },
            queries: { '{{priority}}': quantile(0.95, 'waybill_reply_accepted_after_seconds', ['priority']) },
          },
          {
            title: 'Forms',
            says: 'free inside the 24-hour window; fallback that grows: a template was paused or refused.',
            ...{ unit: 'reqps', shows: 'stacked', width: 8 },
            queries: { '{{form}}': rate('waybill_send_forms_total', ['form']) },
          },
          backlog('replies|broadcasts'),
          {
            title: 'Marked as read',
            says: 'A courtesy: what is dropped is not made up for.',
            ...{ unit: 'reqps', shows: 'lines', width: 12 },
            queries: { '{{outcome}}': rate('waybill_presence_total', ['outcome']) },
          },
          {
            title: 'Fenced',
            says: 'Somebody else had taken the lane by then: a sender froze, or lost its database.',
            ...{ unit: 'reqps', shows: 'lines', width: 12 },
            queries: { '{{lane}}': rate(of('sender', 'waybill_lane_fenced_total'), ['lane']) },
            emptyUnless: 'a lane was taken over',
          },
        ],
      },
    ],
  },
  {
    name: 'scheduler',
    description: 'What is due, and what nobody is on. What waits is counted here, for everybody.',
    rows: [
      {
        title: 'Work',
        panels: [
          backlog('.+'),
          {
            title: 'The oldest has waited',
            says: 'By kind of work.',
            ...{ unit: 's', shows: 'lines', width: 8 },
            queries: { '{{work}}': 'max by (work) (waybill_backlog_oldest_seconds)' },
          },
          {
            title: 'Lanes with work',
            says: 'leased: somebody is on it; waiting; backing-off: what was tried has failed.',
            ...{ unit: 'short', shows: 'stacked', width: 8 },
            queries: { '{{lane}} {{state}}': 'max by (lane, state) (waybill_lanes)' },
          },
          {
            title: 'Lanes swept',
            says: 'The ends of back-offs, and hints that were lost: more than one in two seconds is not back-offs.',
            ...{ unit: 'reqps', shows: 'lines', width: 8 },
            queries: { '{{kind}}': 'sum by (kind) (rate(waybill_lanes_swept_total[10m]))' },
            alerts: { LanesSwept: 0.5 },
            emptyUnless: 'a hint was lost or a back-off has ended',
          },
          {
            title: 'Notices swept',
            says: 'Held until now, tried before, or lost.',
            ...{ unit: 'reqps', shows: 'lines', width: 8 },
            queries: { notices: rate('waybill_notices_swept_total') },
          },
          {
            title: 'Check-ins handed out',
            says: 'With a step to be taken: to ask, to remind, to raise.',
            ...{ unit: 'reqps', shows: 'lines', width: 8 },
            queries: { 'check-ins': rate('waybill_check_ins_due_total') },
          },
        ],
      },
      {
        title: 'What is old',
        panels: [
          {
            title: 'Rows that left for the archive',
            says: 'Over, and older than the hot period.',
            ...{ unit: 'short', shows: 'stacked', width: 12 },
            queries: { '{{table}}': 'sum by (table) (increase(waybill_retention_rows_total[1h]))' },
            emptyUnless: 'a row is older than the hot period',
          },
          {
            title: 'The last run took',
            says: 'Once an hour, a thousand rows at a time.',
            ...{ unit: 's', shows: 'lines', width: 4 },
            queries: { 'last run': 'max(waybill_retention_run_seconds)' },
          },
          {
            title: 'Since the last run',
            says: 'That came to its end; before the first one, since the start.',
            ...{ unit: 's', shows: 'lines', width: 4 },
            queries: { ago: 'time() - max(waybill_retention_last_run_timestamp_seconds)' },
            alerts: { RetentionStuck: 14_400 },
          },
          {
            title: 'Months and files removed',
            says: 'Months of the archive, and files of drivers that nobody has sent again.',
            ...{ unit: 'short', shows: 'lines', width: 4 },
            queries: {
              months: 'sum(increase(waybill_retention_months_dropped_total[1d]))',
              files: 'sum(increase(waybill_retention_files_total[1d]))',
            },
          },
        ],
      },
    ],
  },
  {
    name: 'dispatch',
    description: 'Notices to dispatchers, and the dead letters.',
    rows: [
      {
        title: 'Notices',
        panels: [
          {
            title: 'By kind',
            says: 'retry: the webhook or the mail server is away, and the notice waits in PostgreSQL. dead: given up.',
            ...{ unit: 'reqps', shows: 'lines', width: 8 },
            queries: { '{{kind}} {{outcome}}': rate('waybill_dispatch_notices_total', ['kind', 'outcome']) },
          },
          {
            title: 'By channel',
            says: 'Each fails and backs off for itself.',
            ...{ unit: 'reqps', shows: 'lines', width: 8 },
            queries: {
              '{{channel}} {{outcome}}': rate('waybill_dispatch_channel_total', ['channel', 'outcome']),
            },
          },
          backlog('notices'),
          {
            title: 'Dead letters that are open',
            says: '`npm run dead-letters -- list`, then show, replay or drop.',
            ...{ unit: 'short', shows: 'lines', width: 24 },
            queries: { '{{queue}}': 'max by (queue) (waybill_dead_letters)' },
            alerts: { DeadLetters: 0 },
          },
        ],
      },
    ],
  },
]

function process(service: Service['name']): Row {
  const mine = `{job="waybill", service="${service}"}`
  return {
    title: 'Processes',
    panels: [
      {
        title: 'Instances',
        says: 'That answer. None: everything above is of before.',
        ...{ unit: 'short', shows: 'now', width: 4, badFrom: 1, isBadBelow: true },
        queries: { up: `count(process_start_time_seconds${mine})` },
      },
      {
        title: 'CPU',
        says: 'Cores in use. One is all that a process can use: add instances.',
        ...{ unit: 'short', shows: 'lines', width: 6 },
        queries: {
          '{{instance}}': `sum by (instance) (rate(process_cpu_seconds_total${mine}[$__rate_interval]))`,
        },
      },
      {
        title: 'Memory',
        says: 'Resident. One that only grows leaks: `kubectl top pod`, then a heap snapshot.',
        ...{ unit: 'bytes', shows: 'lines', width: 6 },
        queries: { '{{instance}}': `process_resident_memory_bytes${mine}` },
      },
      {
        title: 'Event-loop lag, 99th',
        says: 'How long a callback waits for its turn.',
        ...{ unit: 's', shows: 'lines', width: 8 },
        queries: { '{{instance}}': `nodejs_eventloop_lag_p99_seconds${mine}` },
      },
    ],
  }
}

function broker(service: Service['name']): Row {
  return {
    title: 'RabbitMQ',
    panels: [
      {
        title: 'Deliveries',
        says: 'lost goes back to the queue with its channel; retried and dead-lettered were moved on.',
        ...{ unit: 'reqps', shows: 'lines', width: 8 },
        queries: {
          '{{queue}} {{outcome}}': rate(of(service, 'waybill_messages_consumed_total'), ['queue', 'outcome']),
        },
      },
      {
        title: 'In hand',
        says: 'Deliveries that are not acknowledged. Flat at its limit: it waits for somebody.',
        ...{ unit: 'short', shows: 'stacked', width: 8 },
        queries: { '{{queue}}': `sum by (queue) (${of(service, 'waybill_messages_in_flight')})` },
      },
      {
        title: 'Confirms, 95 % within',
        says: 'From publish to confirm: the broker’s disks.',
        ...{ unit: 's', shows: 'lines', width: 8 },
        queries: {
          '{{routing_key}}': quantile(0.95, of(service, 'waybill_publish_seconds'), ['routing_key']),
        },
      },
      {
        title: 'Connections up',
        says: 'Of publishing and of consuming. Down: the broker’s log, and `waybill_broker_blocked` for its alarms.',
        ...{ unit: 'short', shows: 'lines', width: 8, badFrom: 1, isBadBelow: true },
        queries: { '{{instance}} {{role}}': of(service, 'waybill_broker_connected') },
      },
    ],
  }
}

function database(service: Service['name']): Row {
  return {
    title: 'PostgreSQL',
    panels: [
      {
        title: 'Connections',
        says: 'waited-for: nobody gets one at once. PostgreSQL is slow, or the pool is small.',
        ...{ unit: 'short', shows: 'stacked', width: 24 },
        queries: { '{{state}}': `sum by (state) (${of(service, 'waybill_database_connections')})` },
      },
    ],
  }
}

/** Who publishes without consuming, or the other way round. */
const BROKER_PANELS: Readonly<Record<Service['name'], readonly string[]>> = {
  ingress: ['Confirms, 95 % within', 'Connections up'],
  intake: ['Deliveries', 'In hand', 'Confirms, 95 % within', 'Connections up'],
  assistant: ['Deliveries', 'In hand', 'Confirms, 95 % within', 'Connections up'],
  guardrails: [],
  sender: ['Deliveries', 'In hand', 'Connections up'],
  scheduler: ['Confirms, 95 % within', 'Connections up'],
  dispatch: ['Deliveries', 'In hand', 'Connections up'],
}
const WITHOUT_DATABASE: readonly string[] = ['ingress', 'guardrails']

export const services: readonly Board[] = SERVICES.map(({ name, description, rows }) => {
  const { title, panels } = broker(name)
  const ofBroker = panels.filter((panel) => BROKER_PANELS[name].includes(panel.title))
  return {
    uid: `waybill-${name}`,
    title: `Waybill / ${name}`,
    description,
    looksBack: '3h',
    rows: [
      ...rows,
      ...(ofBroker.length > 0 ? [{ title, panels: ofBroker }] : []),
      ...(WITHOUT_DATABASE.includes(name) ? [] : [database(name)]),
      process(name),
    ],
  }
})
