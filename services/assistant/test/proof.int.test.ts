import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { orderCommandsReady } from '@waybill/contracts'
import { eventually } from '@waybill/test-kit'
import { type Bench, openBench, textOf, today } from './assistant-bench.ts'
import { type FakeMedia, startMedia } from './fake-media.ts'
import { johansDay, modelChoosing } from './fake-upstreams.ts'

let bench: Bench
let media: FakeMedia
let assistant: AsyncDisposable
let folder: string

beforeEach(async () => {
  bench = await openBench()
  media = await startMedia()
  folder = await mkdtemp(join(tmpdir(), 'waybill-media-'))
  bench.orders.answerWith(({ method }) => (method === 'GET' ? johansDay(today()) : { body: {} }))
  assistant = await bench.start({ ...media.env, MEDIA_DIR: folder, ALBUM_QUIET_MS: '0' })
})
afterEach(async () => {
  await assistant[Symbol.asyncDispose]()
  await media[Symbol.asyncDispose]()
  await bench[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const lastReply = async () => {
  const reply = (await bench.settled()).at(-1)
  return reply ? textOf(reply) : ''
}
const tap = (id: string) => ({
  kind: 'interactive',
  body: { interactive: { type: 'button_reply', button_reply: { id, title: 'x' } } },
})
const place = (latitude: number, longitude: number) => ({
  kind: 'location',
  body: { location: { latitude, longitude } },
})
const proofs = async () =>
  (
    await bench.pool.query(
      'SELECT p.*, (SELECT count(*)::int FROM proof_parts t WHERE t.proof_id = p.id) AS parts FROM proofs p ORDER BY created_at',
    )
  ).rows
const sent = () => bench.orders.asked.filter(({ path }) => path.includes('/proofs'))
const passedOn = async (count: number) => {
  await eventually(
    async () => {
      const { rows } = await bench.pool.query("SELECT 1 FROM order_commands WHERE state = 'done'")
      return rows.length === count
    },
    { what: `${count} proofs to be passed on` },
  )
  return sent()
}

describe('a photo', () => {
  it('P6: is kept with the order that its caption names, before the driver is told, and passed on', async () => {
    await bench.receive(media.photo('12346'))
    expect(await lastReply()).toBe('📎 Kept as proof for order #12346 (Westside Restaurant): 1 photo.')
    expect(await proofs()).toMatchObject([
      { driver_id: 'driver-johan', order_id: '12346', parts: 1, distance_m: null },
    ])
    const { rows: parts } = await bench.pool.query('SELECT * FROM proof_parts')
    expect(parts).toMatchObject([
      { kind: 'photo', content_type: 'image/jpeg', size_bytes: '110', caption: '12346' },
    ])
    const [file, proof] = await passedOn(1)
    const [{ sha256, proof_id: proofId }] = parts
    expect(file).toMatchObject({
      method: 'PUT',
      path: `/drivers/driver-johan/proofs/${proofId}/files/${sha256}`,
    })
    expect(file?.headers['content-type']).toBe('image/jpeg')
    expect(proof).toMatchObject({
      path: '/drivers/driver-johan/orders/12346/proofs',
      body: {
        proof_id: proofId,
        location: null,
        parts: [{ kind: 'photo', sha256, size: 110, caption: '12346' }],
      },
    })
    const { rows: commands } = await bench.pool.query('SELECT id FROM order_commands')
    expect(proof?.headers['idempotency-key']).toBe(commands[0]?.id)
  })

  it('without a word is for the order that was spoken of, and can be moved to another one', async () => {
    await bench.receive(tap(`details:12345:${today()}`))
    await bench.settled()
    await bench.receive(media.photo())
    expect(await lastReply()).toContain('📎 Kept as proof for order #12345 (Tech Corp Inc): 1 photo.')
    expect(await lastReply()).toContain(`proof:-:${today()}`)
    await bench.receive(tap(`proof:-:${today()}`))
    expect(await lastReply()).toContain("I've kept 1 photo. Which order is it for?")
    await bench.receive(tap(`proof:12347:${today()}`))
    expect(await lastReply()).toBe('📎 Moved to order #12347 (Airport Terminal B): 1 photo.')
    expect(await proofs()).toMatchObject([{ order_id: '12347', parts: 1 }])
    await passedOn(2)
    expect(sent().at(-1)?.path).toBe('/drivers/driver-johan/orders/12347/proofs')
  })

  it('is for the stop at which the driver has arrived', async () => {
    bench.orders.answerWith(({ method }) =>
      method === 'GET' ? johansDay(today(), { 12347: 'arrived' }) : { body: {} },
    )
    await bench.receive(media.photo())
    expect(await lastReply()).toContain('📎 Kept as proof for order #12347 (Airport Terminal B): 1 photo.')
  })

  it.each(['2', '12346', tap(`proof:12346:${today()}`)])(
    'waits while the driver is asked: %p',
    async (answer) => {
      await bench.receive(media.photo('left 2 boxes at reception'))
      expect(await lastReply()).toContain("📎 I've kept 1 photo. Which order is it for?")
      expect(await proofs()).toMatchObject([{ order_id: null, parts: 1 }])
      await bench.receive(
        typeof answer === 'string'
          ? { kind: 'text', body: { text: { body: answer } }, sentAt: Date.now() + 1_000 }
          : answer,
      )
      expect(await lastReply()).toBe('📎 Kept as proof for order #12346 (Westside Restaurant): 1 photo.')
      expect(await proofs()).toMatchObject([{ order_id: '12346' }])
      expect((await passedOn(1)).map(({ method }) => method)).toEqual(['PUT', 'POST'])
    },
  )

  it('that was sent long ago is not for what is spoken of now', async () => {
    await bench.receive(tap(`details:12345:${today()}`))
    await bench.settled()
    await bench.receive({ ...media.photo(), sentAt: Date.now() - 20 * 60_000 })
    expect(await lastReply()).toContain('Which order is it for?')
  })

  it('is for the order of the message that it replies to', async () => {
    await bench.receive(tap(`details:12347:${today()}`), tap(`details:12345:${today()}`))
    await bench.settled()
    await bench.pool.query("UPDATE outbound SET wamid = 'out.' || part")
    const { kind, body } = media.photo()
    await bench.receive({ kind, body: { ...body, context: { from: '1', id: 'out.1' } } })
    expect(await lastReply()).toBe('📎 Kept as proof for order #12347 (Airport Terminal B): 1 photo.')
  })

  it('is no reason for declining the route: that is asked for in words', async () => {
    await bench.receive(tap(`decline:-:${today()}`))
    await bench.settled()
    await bench.receive(media.photo())
    expect(await lastReply()).toBe("I can't read photos here. Please write it in words.")
    await bench.receive({ ...media.photo('the truck is broken'), sentAt: Date.now() + 1_000 })
    await bench.settled()
    const { rows: notices } = await bench.pool.query('SELECT reason FROM dispatch_notices')
    expect(notices).toEqual([{ reason: 'the truck is broken' }])
    expect(await proofs()).toEqual([])
  })

  it('does what its caption says, too', async () => {
    bench.model.answerWith(() => modelChoosing({ name: 'confirm_order', args: { order_ref: '12346' } }))
    await bench.receive(media.photo('I confirm 12346'))
    expect(await lastReply()).toBe(
      "📎 Kept as proof for order #12346 (Westside Restaurant): 1 photo.\n\n✅ Order #12346 is confirmed. I'm passing it on.",
    )
    await passedOn(2)
  })

  it('is asked for again when WhatsApp has it no longer', async () => {
    const photo = media.photo('12346')
    media.forget()
    await bench.receive(photo)
    expect(await lastReply()).toBe("I couldn't get that file from WhatsApp. Please send it again.")
    expect(await proofs()).toEqual([])
  })

  it('is not lost while WhatsApp is away for a moment', async () => {
    media.isDown = true
    await bench.receive(media.photo('12346'))
    await eventually(() => media.asked.length > 0, { what: 'the first try' })
    media.isDown = false
    await eventually(
      async () => {
        await bench.pool.query("UPDATE lanes SET not_before = NULL WHERE kind = 'inbound'")
        await bench.hint()
        return (await proofs()).length === 1
      },
      { what: 'the proof' },
    )
    expect(await lastReply()).toContain('📎 Kept as proof for order #12346')
  })

  it.each([
    ['WhatsApp', async () => void Object.assign(media, { isDown: true })],
    ['the object store', () => rm(folder, { recursive: true }).then(() => writeFile(folder, 'not a folder'))],
  ])('is asked for again after five tries while %s is away', async (_what, breakDown) => {
    await breakDown()
    await bench.receive(media.photo('12346'))
    const tryAgain = setInterval(() => {
      void bench.pool.query('UPDATE lanes SET not_before = NULL').then(() => bench.hint())
    }, 50)
    expect(await lastReply()).toBe(
      "I can't take files right now, so I don't have this one. Please send it again in a few minutes.",
    )
    clearInterval(tryAgain)
    const { rows } = await bench.pool.query('SELECT attempts FROM inbound')
    expect(rows).toEqual([{ attempts: 5 }])
    expect(await proofs()).toEqual([])
  })

  it('is kept while the order system is away, with the order that its driver names later', async () => {
    bench.orders.answerWith(() => ({ status: 503, body: {} }))
    await bench.receive(media.photo())
    expect(await lastReply()).toContain("📎 I've kept 1 photo. I can't reach the order system right now")
    bench.orders.answerWith(({ method }) => (method === 'GET' ? johansDay(today()) : { body: {} }))
    bench.model.answerWith(() => modelChoosing({ name: 'attach_proof', args: { order_ref: 'westside' } }))
    await bench.receive('that photo is for westside')
    expect(await lastReply()).toBe('📎 Kept as proof for order #12346 (Westside Restaurant): 1 photo.')
  })
})

it('takes an album for one proof, with one answer (users: album)', async () => {
  await bench.receive(media.photo('12346'), media.photo(), media.photo())
  const replies = await bench.settled()
  expect(replies.map(textOf)).toEqual(['📎 Kept as proof for order #12346 (Westside Restaurant): 3 photos.'])
  expect(await proofs()).toMatchObject([{ order_id: '12346', parts: 3 }])
  await bench.receive(media.photo())
  expect((await bench.settled()).at(-1)?.message).toMatchObject({ type: 'reaction' })
  expect(await proofs()).toMatchObject([{ parts: 4 }])
  await passedOn(2)
})

it('lets the caption of any photo name the order of the album', async () => {
  await bench.receive(tap(`details:12345:${today()}`))
  await bench.settled()
  await bench.receive(media.photo(), media.photo(), media.photo('12346'))
  expect(await lastReply()).toBe('📎 Moved to order #12346 (Westside Restaurant): 3 photos.')
  expect(await proofs()).toMatchObject([{ order_id: '12346', parts: 3 }])
  await bench.receive(media.photo('12347'))
  expect(await lastReply()).toBe('📎 Kept as proof for order #12347 (Airport Terminal B): 1 photo.')
  expect((await proofs()).map(({ order_id }) => order_id)).toEqual(['12346', '12347'])
})

it('knows which order a photo is for that was announced', async () => {
  bench.model.answerWith(() => modelChoosing({ name: 'attach_proof', args: { order_ref: '12346' } }))
  await bench.receive('here comes the photo for 12346')
  await bench.settled()
  await bench.receive(media.photo())
  expect(await lastReply()).toContain('📎 Kept as proof for order #12346 (Westside Restaurant): 1 photo.')
})

it('waits for the rest of an album before it answers', async () => {
  await assistant[Symbol.asyncDispose]()
  assistant = await bench.start({ ...media.env, MEDIA_DIR: folder, ALBUM_QUIET_MS: '2000' })
  const fresh = () => Math.floor(Date.now() / 1_000) * 1_000 + 1_000
  await bench.receive({ ...media.photo('12346'), sentAt: fresh() })
  await eventually(
    async () =>
      (await bench.pool.query("SELECT 1 FROM lanes WHERE kind = 'inbound' AND not_before > now()"))
        .rowCount === 1,
    {
      what: 'the turn to be postponed',
    },
  )
  await bench.receive({ ...media.photo(), sentAt: fresh() })
  expect((await bench.settled()).map(textOf)).toEqual([
    '📎 Kept as proof for order #12346 (Westside Restaurant): 2 photos.',
  ])
})

it('measures how far a proof is from its stop', async () => {
  await bench.receive(media.document(), place(40.75, -73.9905))
  expect(await lastReply()).toContain("📎 I've kept 1 document and the location. Which order is it for?")
  await bench.receive(tap(`proof:12346:${today()}`))
  expect(await lastReply()).toBe(
    '📎 Kept as proof for order #12346 (Westside Restaurant): 1 document and the location.\n\n📏 42 m from the stop.',
  )
  expect(await proofs()).toMatchObject([{ distance_m: 42, latitude: 40.75, longitude: -73.9905 }])
  const [, proof] = await passedOn(1)
  expect(proof?.body).toMatchObject({
    location: { latitude: 40.75, longitude: -73.9905 },
    distance_m: 42,
    parts: [{ kind: 'document' }, { kind: 'location' }],
  })
})

it('P2: keeps a proof once when its assistant loses the conversation between the download and the commit', async () => {
  const gate = Promise.withResolvers<void>()
  let isHeld = true
  bench.orders.answerWith(async ({ method }) => {
    if (method === 'GET' && isHeld) await gate.promise
    return method === 'GET' ? johansDay(today()) : { body: {} }
  })
  await bench.receive(media.photo('12346'))
  await eventually(() => bench.orders.asked.length === 1, { what: 'the photo to be downloaded' })
  await bench.pool.query(
    "UPDATE lanes SET epoch = epoch + 1, owner = NULL, lease_until = NULL WHERE kind = 'inbound'",
  )
  isHeld = false
  gate.resolve()
  await eventually(
    async () => {
      await bench.hint()
      return (await bench.replies()).length > 0
    },
    { what: 'the answer' },
  )
  expect(await lastReply()).toBe('📎 Kept as proof for order #12346 (Westside Restaurant): 1 photo.')
  expect(await proofs()).toMatchObject([{ parts: 1 }])
  expect(media.asked).toHaveLength(4)
  expect(await passedOn(1)).toHaveLength(2)
})

it('uses the place that was shared just before a photo', async () => {
  await bench.receive(place(40.75, -73.9905))
  await bench.settled()
  expect(await proofs()).toEqual([])
  await bench.receive(media.photo('12346'))
  expect(await lastReply()).toContain('📏 42 m from the stop.')
})

it('refuses what is no photo and no PDF', async () => {
  await bench.receive(media.document(Buffer.from('MZ this is a program')))
  expect(await lastReply()).toContain('I can keep photos (JPEG, PNG) and PDF documents')
})

it('tells the driver when the order system refuses a proof', async () => {
  bench.orders.answerWith(({ method }) =>
    method === 'GET' ? johansDay(today()) : { status: 422, body: { error: { message: 'no' } } },
  )
  await bench.receive(media.photo('12346'))
  await eventually(async () => (await bench.replies()).length === 2, { what: 'the second reply' })
  expect(await lastReply()).toContain('The order system did not accept the proof for order #12346')
})

it('does not hold up what comes after a proof whose file is lost', async () => {
  bench.orders.answerWith(({ method }) => (method === 'GET' ? johansDay(today()) : { status: 503, body: {} }))
  await bench.receive(media.photo('12346'))
  await bench.settled()
  await rm(folder, { recursive: true })
  await eventually(
    async () => {
      await bench.pool.query("UPDATE lanes SET not_before = NULL WHERE kind = 'order-commands'")
      await bench.messaging.publish(orderCommandsReady, { driverId: 'driver-johan' })
      const { rows } = await bench.pool.query('SELECT state FROM order_commands')
      return rows[0]?.state === 'rejected'
    },
    { what: 'the proof to be given up' },
  )
  expect(await lastReply()).toContain('The order system did not accept the proof for order #12346')
})

it('passes a proof on with one key until the order system has it', async () => {
  let isDown = true
  bench.orders.answerWith(({ method }) => {
    if (method === 'GET') return johansDay(today())
    return isDown ? { status: 503, body: {} } : { body: {} }
  })
  await bench.receive(media.photo('12346'))
  await bench.settled()
  await eventually(() => sent().length > 0, { what: 'the first try' })
  isDown = false
  await eventually(
    async () => {
      await bench.pool.query("UPDATE lanes SET not_before = NULL WHERE kind = 'order-commands'")
      await bench.messaging.publish(orderCommandsReady, { driverId: 'driver-johan' })
      return sent().some(({ method }) => method === 'POST')
    },
    { what: 'the proof to be passed on' },
  )
  await passedOn(1)
  expect(sent().filter(({ method }) => method === 'POST')).toHaveLength(1)
})
