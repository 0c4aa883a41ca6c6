import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { eventually } from '@waybill/test-kit'

jest.setTimeout(120_000)

const CHECKOUT = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(CHECKOUT, 'README.md'), 'utf8')

let local: ReturnType<typeof mkdtempDisposableSync>
beforeAll(() => {
  local = mkdtempDisposableSync(join(tmpdir(), 'waybill-readme-'))
  chmodSync(local.path, 0o711) // or the servers, which are nobody when we are root, would keep their data elsewhere
})
afterAll(() => local.remove())

/** Beside a Waybill that may be running in this checkout. */
function npm(...args: string[]): { child: ChildProcess; output: Promise<string>; seen: () => string } {
  const child = spawn('npm', ['--silent', ...args], {
    cwd: CHECKOUT,
    env: { ...process.env, WAYBILL_LOCAL: local.path },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let seen = ''
  child.stdout.on('data', (chunk) => {
    seen += String(chunk)
  })
  return { child, output: text(child.stdout), seen: () => seen }
}

async function run(...args: string[]): Promise<{ code: number | null; output: string }> {
  const { child, output } = npm(...args)
  const [code] = await once(child, 'exit')
  return { code, output: await output }
}

describe('the commands of the README', () => {
  it('are these', () => {
    const commands = [...readme.matchAll(/^\| `(npm [^`]+)` \|/gm)].map(([, command]) => command)
    expect(commands).toEqual([
      'npm start -- --once',
      'npm start -- --scale assistant=5',
      'npm start -- --no-demo',
      'npm start -- --fresh',
      'npm start -- --port 8080',
      'npm test -- unit',
      'npm test -- e2e promises',
      'npm run drivers -- list',
      'npm run drivers -- import FILE.json',
      'npm run dead-letters -- list',
      'npm run audit -- verify',
      'npm run privacy -- export --driver ID',
      'npm run faults -- kill-assistant',
      'npm run bench',
    ])
  })

  it('npm start -- --once plays the conversation that the README shows, and leaves nothing running', async () => {
    const { code, output } = await run('start', '--', '--once')
    expect(code).toBe(0)
    const shown = /^Waybill {2}([\s\S]+?)```/m.exec(readme)?.[1]
    for (const line of shown?.trim().split('\n') ?? ['no conversation in the README']) {
      expect(output).toContain(line.trim())
    }
    expect(existsSync(join(local.path, 'stack.json'))).toBe(false)
  })

  it('npm start with every other option, and npm run drivers, dead-letters, audit and privacy beside it', async () => {
    const started = npm(
      'start',
      '--',
      '--scale',
      'assistant=1,ingress=1,intake=1,sender=1',
      '--no-demo',
      '--fresh',
    )
    await eventually(() => started.seen().includes('Ctrl-C'), { what: 'it to be up', timeoutMs: 60_000 })

    const file = join(local.path, 'drivers.json')
    const driver = { id: 'd-readme', name: 'Rita', phone: '+351 912 000 111', timeZone: 'Europe/Lisbon' }
    writeFileSync(file, JSON.stringify([driver]))
    expect(await run('run', 'drivers', '--', 'import', file)).toMatchObject({ code: 0 })
    const { output } = await run('run', 'drivers', '--', 'list')
    expect(output).toContain('d-readme\t351912000111\tactive\tEurope/Lisbon\tRita')

    expect(await run('run', 'dead-letters', '--', 'list')).toEqual({ code: 0, output: '0 in all\n' })

    const audit = await run('run', 'audit', '--', 'verify')
    expect([audit.code, audit.output]).toEqual([0, expect.stringContaining('nothing was changed')])
    const privacy = await run('run', 'privacy', '--', 'export', '--driver', 'd-readme')
    expect([privacy.code, privacy.output]).toEqual([0, expect.stringContaining('"351912000111"')])

    started.child.kill('SIGINT')
    const [code] = await once(started.child, 'exit')
    expect(code).toBe(0)
  })
})
