import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { endLeftovers, rememberProcess, runningProcess } from './leftovers.ts'

const dir = mkdtempDisposableSync(join(tmpdir(), 'waybill-pids-'))
let child: ChildProcess
beforeAll(async () => {
  child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
  await once(child, 'spawn')
})
afterAll(() => {
  child.kill('SIGKILL')
  dir.remove()
})

describe('endLeftovers', () => {
  it('leaves a process alone that got the pid of another', async () => {
    writeFileSync(join(dir.path, 'stale.pid'), `${child.pid} 1\n`)
    await endLeftovers(dir.path)
    expect(existsSync(join(dir.path, 'stale.pid'))).toBe(false)
    expect(readFileSync(`/proc/${child.pid}/stat`, 'utf8')).toMatch(/\(sleep\) [RS]/)
  })

  it('ends what was written down, also when it is frozen', async () => {
    rememberProcess(dir.path, 'sleep', child.pid ?? 0)
    expect(runningProcess(dir.path, 'sleep')).toBe(child.pid)
    child.kill('SIGSTOP')
    const ended = once(child, 'exit')
    await endLeftovers(dir.path)
    expect(await ended).toEqual([null, 'SIGTERM'])
    expect(runningProcess(dir.path, 'sleep')).toBeUndefined()
  })

  it('has nothing to do where nothing ever ran', async () => {
    await endLeftovers(join(dir.path, 'never'))
    expect(existsSync(join(dir.path, 'never'))).toBe(false)
  })
})
