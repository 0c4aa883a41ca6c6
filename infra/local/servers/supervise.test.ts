import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { supervise, type UnexpectedEnd } from './supervise.ts'

let dir: ReturnType<typeof mkdtempDisposableSync>
beforeAll(() => {
  dir = mkdtempDisposableSync(join(tmpdir(), 'waybill-supervise-'))
})
afterAll(() => dir.remove())

function supervised(script: string) {
  const end = Promise.withResolvers<UnexpectedEnd>()
  const it = supervise({
    command: {
      name: 'program',
      program: '/bin/sh',
      args: ['-c', script],
      env: {},
      cwd: dir.path,
      logFile: join(dir.path, 'program.log'),
      pidDir: join(dir.path, 'pids'),
    },
    isReady: async () => true,
    onUnexpectedEnd: end.resolve,
  })
  return { it, ended: end.promise }
}

describe('a supervised program', () => {
  it('that gives up by itself has crashed, and its last words are known', async () => {
    const { it, ended } = supervised('sleep 0.2; echo out of luck; exit 3')
    await it.start()
    expect(await ended).toMatchObject({ reason: 'exit code 3', isCrash: true, logTail: 'out of luck' })
  })

  it('that somebody kills can be started again', async () => {
    const { it, ended } = supervised('exec sleep 60')
    await it.start()
    const { pid } = it
    process.kill(pid, 'SIGKILL')
    const { reason, isCrash, restart } = await ended
    expect({ reason, isCrash }).toEqual({ reason: 'SIGKILL', isCrash: false })
    await restart()
    expect(it.pid).not.toBe(pid)
    await it.stop()
  })

  it('that is stopped ends as expected', async () => {
    const { it, ended } = supervised('exec sleep 60')
    await it.start()
    await it.stop()
    expect(await Promise.race([ended, Promise.resolve('nothing')])).toBe('nothing')
  })
})
