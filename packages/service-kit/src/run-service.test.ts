import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from '@jest/globals'

const disposable = `{ async [Symbol.asyncDispose]() { console.log('disposed') } }`

const FAST = 1_000

/** Runs a service as a process, its timers so many times as fast. A line on its stdout that names a signal sends that signal. */
async function run(start: string, timesAsFast = 1) {
  const module = new URL('./run-service.ts', import.meta.url)
  const child = spawn(process.execPath, [
    '--input-type=module',
    '--eval',
    `const realSetTimeout = setTimeout
     globalThis.setTimeout = (run, ms) => realSetTimeout(run, ms / ${timesAsFast})
     const { runService } = await import(${JSON.stringify(module.href)})
     const alive = setInterval(() => {}, 1_000)
     await runService(${start})`,
  ])
  const output: string[] = []
  child.stdout.on('data', (chunk) => {
    for (const line of String(chunk).trim().split('\n')) {
      if (line === 'SIGTERM' || line === 'SIGINT') child.kill(line)
      else output.push(line)
    }
  })
  const errors = text(child.stderr)
  const [code] = await once(child, 'close')
  return { code, output, errors: await errors }
}

describe('runService', () => {
  it.each(['SIGTERM', 'SIGINT'])('disposes the service on %s and exits with 0', async (signal) => {
    const ended = await run(`async () => { console.log('${signal}'); return ${disposable} }`)
    expect(ended).toEqual({ code: 0, output: ['disposed'], errors: '' })
  })

  it('says in one sentence why a service did not start', async () => {
    const ended = await run(`async () => { throw new Error('AMQP_URL: is required') }`)
    expect(ended).toEqual({ code: 1, output: [], errors: 'AMQP_URL: is required\n' })
  })

  it('names what refused when no address of a host could be reached', async () => {
    const ended = await run(`async () => { throw new AggregateError([new Error('a'), new Error('b')], '') }`)
    expect(ended).toMatchObject({ code: 1, errors: 'a, b\n' })
  })

  it.each([
    ['ends', `signal.addEventListener('abort', () => reject(signal.reason))`],
    ['does not listen', ''],
  ])('exits with 0 when a start that is told to stop %s', async (_case, listening) => {
    const start = `(signal) => new Promise((_, reject) => { ${listening}; console.log('SIGTERM') })`
    expect(await run(start, FAST)).toEqual({ code: 0, output: [], errors: '' })
  })

  it('exits with 1 at a second signal, and when stopping takes too long', async () => {
    const hanging = (line: string) => `async () => {
      console.log('SIGTERM')
      return { [Symbol.asyncDispose]: () => new Promise(() => console.log('${line}')) }
    }`
    expect(await run(hanging('SIGINT'))).toMatchObject({ code: 1, errors: expect.stringMatching(/second/) })
    expect(await run(hanging('stuck'), FAST)).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/25 s/),
    })
  })

  it.each([
    ['a rejection that nobody handles', `Promise.reject(new Error('boom'))`],
    ['an exception outside of any call', `setImmediate(() => { throw new Error('boom') })`],
    ['something thrown that is no error', `setImmediate(() => { throw null })`],
  ])('exits with 1 after %s', async (_case, code) => {
    const ended = await run(`async () => { ${code}; return ${disposable} }`)
    expect(ended).toMatchObject({ code: 1, output: [], errors: expect.stringMatching(/^crashed: /) })
  })
})
