import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { eventually } from '@waybill/test-kit'
import { inventedOn } from './e2e/check-grounding.ts'
import { freshStack } from './fresh-stack.ts'
import { sandboxAt } from './sandbox.ts'

jest.setTimeout(120_000)

const MARIA = { id: 'driver-maria', phone: '5511987650102' }
const DIEGO = { id: 'driver-diego', phone: '525512340103' }

let system: Awaited<ReturnType<typeof freshStack>>
let sandbox: ReturnType<typeof sandboxAt>
beforeAll(async () => {
  system = await freshStack(() => ({
    scale: { ingress: 2, intake: 1, assistant: 2, sender: 1, scheduler: 2 },
    env: {
      assistant: { ORDER_EVENTS_MERGE_MS: '1000', QUIET_FROM: '00:00', QUIET_UNTIL: '00:00' },
      scheduler: { SWEEP_INTERVAL_MS: '200' },
    },
  }))
  sandbox = sandboxAt(system.stack.description.urls.sandbox)
})
afterAll(async () => {
  await system[Symbol.asyncDispose]()
})

async function newsOn({ phone }: typeof MARIA, after: number) {
  const found = await eventually(async () => (await sandbox.phone(phone).answers())[after], {
    what: `news on ${phone}`,
    timeoutMs: 20_000,
  })
  return found
}

describe('what changes in the order system', () => {
  it('is told together, in the driver’s language, as it is by then', async () => {
    await sandbox.phone(MARIA.phone).ask('ajuda')
    const answers = (await sandbox.phone(MARIA.phone).answers()).length
    await sandbox.raise({
      type: 'order.changed',
      driver_id: MARIA.id,
      order_id: '22302',
      to: { address: 'Rua Um, 1' },
    })
    await sandbox.raise({ type: 'order.cancelled', driver_id: MARIA.id, order_id: '22303' })
    // Changed once more without a word: what is told is what is true when it is told.
    await sandbox.raise({
      type: 'order.changed',
      driver_id: MARIA.id,
      order_id: '22302',
      to: { address: 'Rua Dois, 2' },
      isSilent: true,
    })
    const { text } = await newsOn(MARIA, answers)
    expect(text).toContain('Maria, há novidades:')
    expect(text).toMatch(/✏️ Alterado: #22302 .*\n {3}📍 Rua Dois, 2\n/)
    expect(text).toContain('❌ Cancelado: #22303')
    expect(text).not.toContain('Rua Um')
  })

  it('reaches a driver outside the 24-hour window by template, and its button works', async () => {
    const before = (await sandbox.phone(DIEGO.phone).answers()).length
    const text = { en: 'Heavy rain until 6 PM', es: 'Lluvia fuerte hasta las 18:00' }
    await sandbox.raise({ type: 'alert', driver_id: DIEGO.id, priority: 'urgent', text })
    const news = await newsOn(DIEGO, before)
    expect(news).toMatchObject({
      type: 'template',
      text: expect.stringContaining('Lluvia fuerte hasta las 18:00'),
    })
    const answer = await sandbox.phone(DIEGO.phone).ask({
      type: 'button',
      button: { text: 'Ver pedidos', payload: `orders:-:${new Date().toISOString().slice(0, 10)}` },
    })
    expect(answer.text).toContain('Diego')
  })

  it('is told once, however often it is sent', async () => {
    const before = (await sandbox.phone(MARIA.phone).answers()).length
    const event = {
      id: 'evt-twice',
      type: 'alert',
      driver_id: MARIA.id,
      priority: 'urgent',
      text: { pt: 'Só uma vez' },
    }
    await Promise.all([sandbox.raise(event), sandbox.raise(event), sandbox.raise(event)])
    await newsOn(MARIA, before)
    await sandbox.raise(event)
    await sandbox.phone(MARIA.phone).ask('ajuda')
    const told = (await sandbox.phone(MARIA.phone).answers()).filter(({ text }) =>
      text?.includes('Só uma vez'),
    )
    expect(told).toHaveLength(1)
  })

  it('may be that the route is to be accepted now: the check-in of the day, asked once', async () => {
    await system.pool.query("UPDATE drivers SET check_in_until = '24:00' WHERE id = $1", [MARIA.id])
    const before = (await sandbox.phone(MARIA.phone).answers()).length
    const event = { type: 'check-in.requested', driver_id: MARIA.id }
    await sandbox.raise({ ...event, priority: 'urgent' })
    await sandbox.raise({ ...event, priority: 'urgent' })
    const question = await newsOn(MARIA, before)
    expect(question?.text).toContain('Bom dia, Maria!')
    const accepted = await sandbox.phone(MARIA.phone).ask('1')
    expect(accepted.text).toContain('aceita')
    expect(await sandbox.phone(MARIA.phone).answers()).toHaveLength(before + 2)
  })
})

it('P8: no reply of this suite says what stands nowhere', async () => {
  expect(await inventedOn(system)).toEqual([])
})
