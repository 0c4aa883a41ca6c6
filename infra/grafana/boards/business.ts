import type { Board } from '../board.ts'
import { orZero, share, total } from '../promql.ts'

const checkIns = (step: string, outcome: string) =>
  orZero(total(`waybill_check_ins_total{step="${step}", outcome="${outcome}"}`))
const accepted = total('waybill_check_ins_total{step="answer", outcome="accepted"}')
const answered = total('waybill_check_ins_total{step="answer", outcome=~"accepted|declined"}')
const done = (command: string) =>
  orZero(total(`waybill_order_commands_total{command="${command}", outcome="done"}`))

export const business: Board = {
  uid: 'waybill-business',
  title: 'Waybill / Business',
  description:
    'What drivers do with it. Numbers are of the time shown; what was counted before a restart counts too.',
  looksBack: '24h',
  rows: [
    {
      title: 'Check-ins',
      panels: [
        {
          title: 'Asked',
          says: 'Drivers who were asked whether they take their route. Fewer than there are at 09:15: see the alert for late ones.',
          ...{ unit: 'short', shows: 'now', width: 4 },
          queries: { asked: checkIns('ask', 'asked') },
        },
        {
          title: 'Accepted',
          says: 'Said yes, asked or unasked.',
          ...{ unit: 'short', shows: 'now', width: 4 },
          queries: { accepted: checkIns('answer', 'accepted') },
        },
        {
          title: 'Declined',
          says: 'Said no; dispatch knows why. Many within an hour: is something wrong with the routes?',
          ...{ unit: 'short', shows: 'now', width: 4 },
          queries: { declined: checkIns('answer', 'declined') },
        },
        {
          title: 'Unanswered',
          says: 'Asked in vain, or not asked in time. Dispatch was told of each.',
          ...{ unit: 'short', shows: 'now', width: 4 },
          queries: {
            unanswered: orZero(
              total('waybill_check_ins_total{step=~"raise|miss|expire", outcome="unanswered"}'),
            ),
          },
        },
        {
          title: 'Accepted of answered',
          says: 'Usually steady. Below two thirds is worth a question to dispatch.',
          ...{ unit: 'percentunit', shows: 'now', width: 4 },
          queries: { accepted: share(accepted, answered) },
        },
        {
          title: 'Late',
          says: 'How late the oldest check-in is that has not been sent. 900 s is 09:15.',
          ...{ unit: 's', shows: 'now', width: 4 },
          queries: { late: 'max(waybill_backlog_oldest_seconds{work="check-ins"})' },
          alerts: { CheckInsLate: 900 },
        },
        {
          title: 'Steps of check-ins, by hour',
          says: 'ask, remind and answer; orders-unreachable and in-conversation come back later by themselves.',
          ...{ unit: 'short', shows: 'bars', width: 24 },
          queries: {
            '{{step}} {{outcome}}': 'sum by (step, outcome) (increase(waybill_check_ins_total[1h]))',
          },
        },
      ],
    },
    {
      title: 'Drivers',
      panels: [
        {
          title: 'In touch within 24 hours',
          says: 'Conversations in which somebody has written. Strangers are among them.',
          ...{ unit: 'short', shows: 'now', width: 6 },
          queries: { conversations: 'max(waybill_conversations_active)' },
        },
        {
          title: 'Drivers',
          says: 'By what they may do: inactive and suspended ones are told where to turn.',
          ...{ unit: 'short', shows: 'now', width: 6 },
          queries: { '{{status}}': 'max by (status) (waybill_drivers)' },
        },
        {
          title: 'Messages from drivers',
          says: 'Everything that they sent: words, taps, photos, voice notes.',
          ...{ unit: 'short', shows: 'now', width: 6 },
          queries: { messages: total('waybill_intake_elements_total{kind="message"}') },
        },
        {
          title: 'Messages to drivers',
          says: 'Accepted by WhatsApp, answers and what nobody asked for.',
          ...{ unit: 'short', shows: 'now', width: 6 },
          queries: { messages: total('waybill_sends_total{outcome="accepted"}') },
        },
        {
          title: 'What is asked for',
          says: 'By the tool that a message led to; none: nothing was understood, or nothing was to be done.',
          ...{ unit: 'short', shows: 'bars', width: 12 },
          queries: { '{{tool}}': 'sum by (tool) (increase(waybill_messages_understood_total[1h]))' },
        },
        {
          title: 'How it was understood',
          says: 'fast and cache cost nothing; rules: the model was away, or knew no better.',
          ...{ unit: 'short', shows: 'bars', width: 12 },
          queries: { '{{path}}': 'sum by (path) (increase(waybill_messages_understood_total[1h]))' },
        },
        {
          title: 'What became of messages to drivers',
          says: 'Receipts of WhatsApp. failed that grows: the sender’s dashboard has the codes.',
          ...{ unit: 'short', shows: 'bars', width: 12 },
          queries: { '{{status}}': 'sum by (status) (increase(waybill_receipts_total[1h]))' },
        },
        {
          title: 'Voice notes and translations',
          says: 'words: understood. refused and blocked translations went out in English.',
          ...{ unit: 'short', shows: 'bars', width: 12 },
          queries: {
            'voice note: {{outcome}}': 'sum by (outcome) (increase(waybill_transcriptions_total[1h]))',
            'translation: {{outcome}}': 'sum by (outcome) (increase(waybill_translations_total[1h]))',
          },
        },
      ],
    },
    {
      title: 'Orders',
      panels: [
        {
          title: 'Delivered',
          says: 'Reported by drivers, and taken by the order system.',
          ...{ unit: 'short', shows: 'now', width: 4 },
          queries: { delivered: done('report-delivered') },
        },
        {
          title: 'Problems',
          says: 'Reported by drivers; dispatch has them.',
          ...{ unit: 'short', shows: 'now', width: 4 },
          queries: { problems: done('report-problem') },
        },
        {
          title: 'Confirmed',
          says: 'Orders that drivers have confirmed.',
          ...{ unit: 'short', shows: 'now', width: 4 },
          queries: { confirmed: done('confirm-order') },
        },
        {
          title: 'Proofs of delivery',
          says: 'Photos, documents and places that the order system has.',
          ...{ unit: 'short', shows: 'now', width: 4 },
          queries: { proofs: done('attach-proof') },
        },
        {
          title: 'Told of changes',
          says: 'News of the order system that drivers were told of.',
          ...{ unit: 'short', shows: 'now', width: 4 },
          queries: { told: orZero(total('waybill_order_events_told_total{outcome="told"}')) },
        },
        {
          title: 'A driver’s word waits',
          says: 'How long the oldest has not reached the order system. It is kept, for as long as it takes.',
          ...{ unit: 's', shows: 'now', width: 4 },
          queries: { oldest: 'max(waybill_backlog_oldest_seconds{work="order-commands"})' },
          alerts: { OrderCommandsWaiting: 900 },
        },
        {
          title: 'Words to the order system',
          says: 'done, retry while it is away, rejected: the driver was told so.',
          ...{ unit: 'short', shows: 'bars', width: 12 },
          queries: {
            '{{command}} {{outcome}}':
              'sum by (command, outcome) (increase(waybill_order_commands_total[1h]))',
          },
        },
        {
          title: 'Notices to dispatch',
          says: 'help is a driver who wants a person. dead: neither webhook nor mail took it.',
          ...{ unit: 'short', shows: 'bars', width: 12 },
          queries: {
            '{{kind}} {{outcome}}': 'sum by (kind, outcome) (increase(waybill_dispatch_notices_total[1h]))',
          },
        },
      ],
    },
  ],
}
