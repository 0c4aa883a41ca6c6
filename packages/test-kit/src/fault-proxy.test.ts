import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startFaultProxy } from './fault-proxy.ts'

let target: Server
let targetUrl: string
let served = 0

beforeAll(async () => {
  target = createServer((request, response) => {
    request.resume().on('end', () => {
      served += 1
      response.end('served')
    })
  })
  await once(target.listen(0, '127.0.0.1'), 'listening')
  const address = target.address()
  targetUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/path`
})
afterAll(async () => {
  await once(target.close(), 'close')
})

// A connection of its own each: a pooled one would not see a refusal.
async function get(url: string, body?: string): Promise<string> {
  const options = { headers: { connection: 'close' }, signal: AbortSignal.timeout(300) }
  const answer = await fetch(url, body === undefined ? options : { ...options, method: 'POST', body })
  return answer.text()
}

describe('startFaultProxy', () => {
  it('forwards while nothing is set, and again after it was healed', async () => {
    await using proxy = await startFaultProxy(targetUrl)
    expect(new URL(proxy.url).pathname).toBe('/path')
    expect(await get(proxy.url)).toBe('served')
    proxy.set({ refuse: true })
    await expect(get(proxy.url)).rejects.toThrow('fetch failed')
    proxy.set({})
    expect(await get(proxy.url)).toBe('served')
  })

  it('delays', async () => {
    await using proxy = await startFaultProxy(targetUrl)
    proxy.set({ latencyMs: 40 })
    const since = performance.now()
    expect(await get(proxy.url)).toBe('served')
    expect(performance.now() - since).toBeGreaterThan(75) // there and back
  })

  it.each([
    ['the request', { dropUp: true }, 0],
    ['the answer', { dropDown: true }, 1],
  ])('swallows %s', async (_what, faults, servedMore) => {
    await using proxy = await startFaultProxy(targetUrl)
    proxy.set(faults)
    const before = served
    await expect(get(proxy.url)).rejects.toThrow('timeout')
    expect(served - before).toBe(servedMore)
  })

  it('lets the work be done and loses the answer', async () => {
    await using proxy = await startFaultProxy(targetUrl)
    proxy.set({ resetOnDownMatch: 'served' })
    const before = served
    await expect(get(proxy.url)).rejects.toThrow('fetch failed')
    expect(served - before).toBe(1)
  })

  it('cuts in the middle of a request', async () => {
    await using proxy = await startFaultProxy(targetUrl)
    proxy.set({ resetAfterUpBytes: 10_000 })
    const before = served
    await expect(get(proxy.url, 'x'.repeat(3_000_000))).rejects.toThrow('fetch failed')
    expect(served).toBe(before)
  })

  it('resets what is open', async () => {
    await using proxy = await startFaultProxy(targetUrl)
    proxy.set({ dropDown: true })
    const before = served
    const waiting = get(proxy.url)
    const resetOnceServed = async () => {
      while (served === before) await setImmediate()
      proxy.resetAll()
    }
    await Promise.all([expect(waiting).rejects.toThrow('fetch failed'), resetOnceServed()])
  })
})
