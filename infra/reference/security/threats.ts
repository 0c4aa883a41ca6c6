import type { ControlId } from './controls.ts'

/** Of the design: what must always hold. */
export type PromiseId = 'P1' | 'P2' | 'P3' | 'P4' | 'P5' | 'P6' | 'P7' | 'P8' | 'P9' | 'P10' | 'P11'

export type Threat = {
  stride:
    | 'Spoofing'
    | 'Tampering'
    | 'Repudiation'
    | 'Information disclosure'
    | 'Denial of service'
    | 'Elevation of privilege'
  what: string
  answer: string
  by: readonly (ControlId | PromiseId)[]
}

/** By hop of a message's way, in its order. */
export const THREATS: Readonly<Record<string, readonly Threat[]>> = {
  'WhatsApp → NGINX → ingress': [
    {
      stride: 'Spoofing',
      what: 'somebody else posts a webhook',
      answer: 'signature',
      by: ['S1', 'S2', 'S3'],
    },
    {
      stride: 'Tampering',
      what: 'a real webhook is posted again, or for another number',
      answer: 'has no effect',
      by: ['S4', 'S5', 'P2'],
    },
    {
      stride: 'Repudiation',
      what: 'WhatsApp says that it has delivered, and we that we have not got it',
      answer: 'answered when the broker has it',
      by: ['P1'],
    },
    {
      stride: 'Information disclosure',
      what: 'the door tells what is behind it',
      answer: 'short errors, no internals',
      by: ['S30', 'S21'],
    },
    {
      stride: 'Denial of service',
      what: 'floods, huge or slow bodies, bombs of JSON',
      answer: 'bounds before anything is parsed, 503 when the queue is full',
      by: ['S6', 'S14'],
    },
  ],
  'Ingress → RabbitMQ → intake': [
    {
      stride: 'Spoofing',
      what: 'a service that was taken over publishes what is another’s',
      answer: 'rights per user',
      by: ['S23'],
    },
    {
      stride: 'Tampering',
      what: 'messages in a queue are changed or taken away',
      answer: 'nobody but the consumer may read, nobody may purge; what is missing is swept from PostgreSQL',
      by: ['S23', 'P3'],
    },
    {
      stride: 'Information disclosure',
      what: 'the broker’s traffic is read',
      answer: 'TLS outside of one machine',
      by: ['S22'],
    },
    {
      stride: 'Denial of service',
      what: 'one message that always fails',
      answer: 'set aside, alone',
      by: ['P10', 'S12'],
    },
    {
      stride: 'Elevation of privilege',
      what: 'the broker is administered with a password that everybody knows',
      answer: 'is not accepted',
      by: ['S17', 'S23'],
    },
  ],
  'PostgreSQL and Redis': [
    {
      stride: 'Tampering',
      what: 'a service that was taken over changes what is not its own, or the audit',
      answer: 'rights per role; chain of hashes',
      by: ['S25', 'S19', 'S24'],
    },
    {
      stride: 'Repudiation',
      what: 'a person has looked at or changed something, and denies it',
      answer: 'on record, with the name that was given',
      by: ['S19', 'P11'],
    },
    {
      stride: 'Information disclosure',
      what: 'a query forgets whom it is for',
      answer: 'row-level security',
      by: ['S8', 'S7'],
    },
    {
      stride: 'Information disclosure',
      what: 'data are kept for ever',
      answer: 'retention, export, erasure',
      by: ['S18'],
    },
    {
      stride: 'Denial of service',
      what: 'Redis or PostgreSQL is away',
      answer: 'slower, or later, never wrong',
      by: ['P9', 'P4'],
    },
  ],
  'The conversation': [
    {
      stride: 'Spoofing',
      what: 'a text says “I am driver 7” or “I am dispatch”',
      answer: 'the number says who it is',
      by: ['P7', 'S7'],
    },
    {
      stride: 'Spoofing',
      what: 'a number has a new owner',
      answer: 'locked until dispatch confirms',
      by: ['S33'],
    },
    {
      stride: 'Tampering',
      what: 'an order is confirmed by a guess, an old button or a forged one',
      answer: 'what is unclear never acts',
      by: ['S9', 'P6'],
    },
    {
      stride: 'Repudiation',
      what: '“I never accepted that route”',
      answer: 'every word and decision is on record',
      by: ['P11', 'S19'],
    },
    {
      stride: 'Information disclosure',
      what: 'whether an order of somebody else exists is found out',
      answer: 'looks the same',
      by: ['S31', 'P7'],
    },
    {
      stride: 'Denial of service',
      what: 'one driver writes ten thousand messages',
      answer: 'limits per driver, one turn at a time',
      by: ['S13', 'S14', 'P3'],
    },
  ],
  'Assistant ↔ guardrails ↔ model': [
    {
      stride: 'Spoofing',
      what: 'a note of an order poses as the system',
      answer: 'data are marked as data and checked as such',
      by: ['S10'],
    },
    {
      stride: 'Tampering',
      what: 'the model is told to call a tool, or with whose data',
      answer: 'the permission is the driver’s; no argument names one',
      by: ['S7', 'S9', 'S12'],
    },
    {
      stride: 'Information disclosure',
      what: 'the prompt, a key or a customer’s number leaves in a reply',
      answer: 'nothing secret in the prompt; what leaves is checked',
      by: ['S11', 'S12', 'P8'],
    },
    {
      stride: 'Information disclosure',
      what: 'personal data reach the model’s provider',
      answer: 'masked where they are not needed',
      by: ['S18', 'S10'],
    },
    {
      stride: 'Denial of service',
      what: 'the model is slow, away, or its bill is driven up',
      answer: 'breaker, rules, budgets',
      by: ['P9', 'S13', 'S26'],
    },
    {
      stride: 'Elevation of privilege',
      what: 'the model acts for itself',
      answer: 'writes need the driver’s own word',
      by: ['S9', 'P6'],
    },
  ],
  'Assistant ↔ order system, media, object store': [
    {
      stride: 'Spoofing',
      what: 'an event of the order system is forged',
      answer: 'signature',
      by: ['S1', 'S2'],
    },
    {
      stride: 'Tampering',
      what: 'an answer is malformed or hostile',
      answer: 'schema, size, time',
      by: ['S26', 'S12'],
    },
    {
      stride: 'Information disclosure',
      what: 'a link leads our token or a request into our own network',
      answer: 'hosts by list, addresses looked at, no redirect',
      by: ['S15'],
    },
    {
      stride: 'Denial of service',
      what: 'a file that explodes when it is opened',
      answer: 'is not opened',
      by: ['S16'],
    },
  ],
  'Sender → WhatsApp → driver': [
    {
      stride: 'Tampering',
      what: 'a reply comes twice, or not',
      answer: 'written down before and after; receipts settle the rest',
      by: ['P4', 'P5'],
    },
    { stride: 'Repudiation', what: '“nobody told me”', answer: 'every receipt is kept', by: ['P11'] },
    {
      stride: 'Information disclosure',
      what: 'somebody is written to who does not want it, or too late',
      answer: 'opt-out and window before every send',
      by: ['S34'],
    },
    {
      stride: 'Denial of service',
      what: 'the number is throttled or blocked',
      answer: 'pace for all senders together, breaker',
      by: ['P9', 'S14'],
    },
  ],
  'People: dispatch, operators, builders': [
    {
      stride: 'Spoofing',
      what: 'somebody else uses the admin API',
      answer: 'token, internal network',
      by: ['S20', 'S21', 'S29'],
    },
    {
      stride: 'Tampering',
      what: 'a dead letter is edited and replayed',
      answer: 'can’t be edited; the replay is authorised anew',
      by: ['S32'],
    },
    {
      stride: 'Tampering',
      what: 'a library turns hostile',
      answer: 'lockfile with hashes, no install scripts, a day’s wait, bill of materials',
      by: ['S27'],
    },
    {
      stride: 'Repudiation',
      what: 'who has read this conversation?',
      answer: 'reads are on record',
      by: ['S19'],
    },
    {
      stride: 'Information disclosure',
      what: 'logs, traces, dashboards',
      answer: 'hold no text and no number',
      by: ['S18', 'S17'],
    },
    {
      stride: 'Elevation of privilege',
      what: 'out of a container',
      answer: 'no root, no shell, no capabilities, no metadata',
      by: ['S28', 'S29'],
    },
  ],
}
