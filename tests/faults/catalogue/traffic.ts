import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { signatureOf } from '@waybill/whatsapp'
import type { FaultStack } from '../fault-stack.ts'
import type { Written } from '../load.ts'
import type { Fault, Injection } from './fault.ts'

const ROUNDS = 20
const COPIES = 5
const LATE_SECONDS = 3 * 60 * 60
const SLOW_CLIENTS = 100
const OVERLOAD = 5
// More than RATE_DRIVER_MESSAGES.
const FLOOD = 160
const FLOOD_BATCH = 20

const doorsOf = ({ processesOf }: FaultStack) =>
  processesOf('ingress').map(({ metricsUrl }) => new URL('/webhook', metricsUrl).href)

type Webhook = { object: string; entry: { id: string; changes: { field: string; value: object }[] }[] }
const parsed = ({ body }: Written): Webhook => JSON.parse(body)

/** A front door that does not say what it should has let something through, or kept it out. */
async function expectStatus(posting: Promise<number | undefined>, status: number, what: string) {
  const answered = await posting
  if (answered !== status) throw new Error(`${what}: ${answered} instead of ${status}`)
}

export const TRAFFIC_FAULTS: readonly Fault[] = [
  {
    name: 'repeat-webhooks',
    what: `webhooks come ${COPIES} times at once, through both ingresses`,
    async inject(system, { random, load, step }) {
      const doors = doorsOf(system)
      step(`${ROUNDS} webhooks, ${COPIES} times each`)
      for (let round = 0; round < ROUNDS; round += 1) {
        const written = await load.newMessages(random.one(system.drivers), 'What are my orders today?')
        const copies = Array.from({ length: COPIES }, () => load.post(written, { url: random.one(doors) }))
        await Promise.all([...copies, load.deliver(written)])
      }
    },
  },
  {
    name: 'reorder-webhooks',
    what: 'webhooks overtake each other by 50 to 500 ms, and some come after hours',
    async inject(system, { random, load, step }) {
      step(`${ROUNDS} times the later one first`)
      for (let round = 0; round < ROUNDS; round += 1) {
        const driver = random.one(system.drivers)
        const older = await load.newMessages(driver, 'help')
        const newer = await load.newMessages(driver, 'What is my next stop?')
        await load.deliver(newer)
        await delay(random.integer(50, 500))
        await load.deliver(older)
        const timestamp = Math.floor(Date.now() / 1_000) - LATE_SECONDS
        await load.deliver(await load.newMessages(random.one(system.drivers), 'orders', { timestamp }))
      }
    },
  },
  {
    name: 'batch-webhooks',
    what: 'webhooks of three entries, five changes each, twenty messages each, with receipts and rubbish between',
    async inject(system, { random, load, step }) {
      step('a webhook of 300 messages')
      const parts: Written[] = []
      for (let n = 0; n < 15; n += 1)
        parts.push(await load.newMessages(random.one(system.drivers), 'help', { count: 20 }))
      const changes = parts.map((part) => parsed(part).entry[0]?.changes[0])
      const entry = [0, 5, 10].map((from) => ({ id: '1', changes: changes.slice(from, from + 5) }))
      const receipt = { id: 'wamid.unknown', status: 'delivered', timestamp: '1700000000' }
      const rubbish = {
        field: 'messages',
        value: { metadata: {}, statuses: [receipt], messages: [{ id: 7 }] },
      }
      const body = JSON.stringify({
        object: 'whatsapp_business_account',
        entry: [...entry, { id: '1', changes: [rubbish] }],
      })
      await load.deliver({ wamids: parts.flatMap(({ wamids }) => wamids), body })
    },
    allows: ['dead'],
    expects: ({ wrong }) => (wrong.dead.length > 0 ? undefined : 'the rubbish is in no dead-letter queue'),
  },
  {
    name: 'poison-message',
    what: 'a message that can never be answered, and one of the same driver behind it',
    async inject(system, { random, load, step }) {
      const driver = random.one(system.drivers)
      step('a row that PostgreSQL refuses to mark as answered')
      const [poison, behind] = [
        await load.newMessages(driver, 'help'),
        await load.newMessages(driver, 'orders'),
      ]
      await refuse(system, poison.wamids)
      await load.deliver(poison)
      await load.deliver(behind)
    },
    allows: ['dead'],
    expects: ({ wrong }) => (wrong.dead.length > 0 ? undefined : 'the poison was answered'),
  },
  {
    name: 'hostile-bodies',
    what: 'bodies too large, too deep, with NUL, bad UTF-8 or __proto__, and signatures that do not match',
    inject: hostileBodies,
    allows: ['dead'],
    expects: ({ wrong }) => (wrong.dead.length > 0 ? undefined : 'what can not be recorded is nowhere'),
  },
  {
    name: 'flood',
    what: `one driver writes ${FLOOD} messages at once`,
    async inject(system, { random, load, step }) {
      const driver = random.one(system.drivers)
      step(`${FLOOD} messages of one driver`)
      const parts = Array.from({ length: FLOOD / FLOOD_BATCH }, () =>
        load.newMessages(driver, 'What is my next stop?', { count: FLOOD_BATCH }),
      )
      await Promise.all(parts.map(async (part) => load.deliver(await part)))
    },
    // More than are answered in a minute wait for the next one.
    expects: ({ counters }) => (counters.limited ? undefined : 'nobody was limited'),
  },
  {
    name: 'overload',
    what: `${OVERLOAD} times the messages, and ${SLOW_CLIENTS} clients that send a byte at a time`,
    isAlone: true,
    async inject(system, { random, load, step, holdMs }) {
      step(`${SLOW_CLIENTS} slow clients, ${OVERLOAD} times the messages`)
      const { hostname, port } = new URL(system.stack.description.urls.webhook)
      const slow = Array.from({ length: SLOW_CLIENTS }, () => {
        const socket = connect(Number(port), hostname).on('error', () => {})
        socket.write('POST /webhook HTTP/1.1\r\nHost: waybill\r\nContent-Length: 100000\r\n')
        const dripping = setInterval(() => socket.write('X-Slow: 1\r\n'), 1_000)
        return socket.on('close', () => clearInterval(dripping))
      })
      const until = Date.now() + holdMs
      const writing: Promise<void>[] = []
      while (Date.now() < until) {
        for (let n = 0; n < OVERLOAD; n += 1) {
          const writingOne = load.newMessages(random.one(system.drivers), 'What is my next stop?')
          writing.push(writingOne.then((written) => load.deliver(written)))
        }
        await delay(25)
      }
      for (const socket of slow) socket.destroy()
      await Promise.all(writing)
    },
  },
]

/** From here on PostgreSQL refuses that these are answered: the value does not fit. */
async function refuse({ pool }: FaultStack, wamids: readonly string[]) {
  await pool.query(`CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'value out of range' USING ERRCODE = '22003'; END $$`)
  await pool.query(`CREATE OR REPLACE TRIGGER refuse BEFORE UPDATE ON inbound FOR EACH ROW
    WHEN (NEW.status = 'answered' AND NEW.wamid IN (${wamids.map((it) => `'${it}'`).join(', ')}))
    EXECUTE FUNCTION refuse()`)
}

async function hostileBodies(system: FaultStack, { random, load, step }: Injection) {
  step('hostile bodies')
  const fresh = (text: string) => load.newMessages(random.one(system.drivers), text)
  const { appSecret } = system.stack.description.whatsapp
  const noWamids = (body: string): Written => ({ wamids: [], body })

  await expectStatus(load.post(noWamids('x'.repeat(4_000_000))), 413, 'four megabytes')
  const altered = await fresh('help')
  const signature = signatureOf(Buffer.from(altered.body), appSecret)
  await expectStatus(
    load.post({ ...altered, body: `${altered.body} ` }, { signature }),
    401,
    'a changed byte',
  )
  await expectStatus(load.post(altered, { signature: '' }), 401, 'no signature')
  await expectStatus(load.post(altered, { signature: signature.replace('sha256', 'sha1') }), 401, 'sha1')
  await load.deliver(altered)

  await load.deliver(await fresh('📦🚚 what is my next stop? 😀'))
  await load.deliver(await fresh(`help ${'a'.repeat(1_000_000)}`))
  const nul = await fresh('help')
  await load.deliver({ ...nul, body: nul.body.replace('"help"', '"help \\u0000 \\ud800"') })
  const proto = await fresh('help')
  await load.deliver({
    ...proto,
    body: proto.body.replace('"type":"text"', '"type":"text","__proto__":{"type":"order"},"constructor":{}'),
  })
  // These can't be recorded: they are dead letters, with the reason.
  const deep = await fresh('help')
  const nest = `${'['.repeat(10_000)}${']'.repeat(10_000)}`
  const tooDeep = deep.body.replace('"type":"text"', `"type":"text","extra":${nest}`)
  await expectStatus(load.post(noWamids(tooDeep)), 200, 'a message with ten thousand arrays')
  await expectStatus(load.post(noWamids(nest)), 200, 'ten thousand arrays')
  await expectStatus(load.post(noWamids('{"object":"\\ud800"}')), 200, 'half a character')
}
