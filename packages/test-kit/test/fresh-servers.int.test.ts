import { describe, expect, it } from '@jest/globals'
import { eventually, freshDatabase, freshRedis, freshVhost } from '@waybill/test-kit'
import { Redis } from 'ioredis'
import pg from 'pg'

async function tables(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const found = await client.query(`SELECT FROM pg_tables WHERE tablename IN ('drivers', 'inbound')`)
  await client.end()
  return found.rowCount ?? 0
}

describe('freshDatabase', () => {
  it('is migrated, apart from every other one, and gone afterwards', async () => {
    const [one, other] = await Promise.all([freshDatabase(), freshDatabase()])
    expect(one.url).not.toBe(other.url)
    expect(await tables(one.url)).toBe(2)
    expect(await tables(other.url)).toBe(2)
    await Promise.all([one[Symbol.asyncDispose](), other[Symbol.asyncDispose]()])
    await expect(tables(one.url)).rejects.toThrow('does not exist')
  })
})

describe('freshRedis', () => {
  it('is empty although the one before it was not', async () => {
    const before = await freshRedis()
    const first = new Redis(before.url)
    await first.set('left', 'behind')
    await first.quit()
    await before[Symbol.asyncDispose]()

    await using again = await freshRedis()
    expect(again.url).toBe(before.url)
    const second = new Redis(again.url)
    expect(await second.dbsize()).toBe(0)
    await second.quit()
  })
})

describe('freshVhost', () => {
  it('can be created twice at once', async () => {
    await using one = await freshVhost()
    await using other = await freshVhost()
    expect(one.url).not.toBe(other.url)
  })
})

describe('eventually', () => {
  it('says what it waited for', async () => {
    const waiting = eventually(() => undefined, { timeoutMs: 30, what: 'the impossible' })
    await expect(waiting).rejects.toThrow('waited 30 ms for the impossible')
  })

  it('returns what the probe has found, although it threw before', async () => {
    let calls = 0
    const found = eventually(
      () => {
        calls += 1
        if (calls < 3) throw new Error('not yet')
        return calls
      },
      { what: 'the third call' },
    )
    expect(await found).toBe(3)
  })
})
