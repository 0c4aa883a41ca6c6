import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const replySchema = z.union([z.object({ answer: z.unknown() }), z.object({ error: z.string() })])

export type BenchProcess<Job, Answer> = Disposable & {
  readonly pid: number
  /** One at a time. Rejects with what went wrong there. */
  ask(job: Job): Promise<Answer>
}

/**
 * A process of its own for what puts load on the system, or is compared with it: what it does takes nothing from what is
 * measured but a share of the machine. `module` is one of `processes/`.
 */
export function startProcess<Job extends object, Answer>(
  module: string,
  answerSchema: z.ZodType<Answer>,
): BenchProcess<Job, Answer> {
  const file = fileURLToPath(new URL(`processes/${module}.ts`, import.meta.url))
  const child = fork(file, {
    execArgv: ['--conditions=@waybill/source', '--disable-warning=ExperimentalWarning'],
    env: {},
  })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${module} ended with ${code}`)
  })
  ended.catch(() => {})
  return {
    pid: child.pid ?? 0,
    async ask(job) {
      const replied = once(child, 'message')
      child.send(job)
      const [message] = await Promise.race([replied, ended])
      const reply = replySchema.parse(message)
      if ('error' in reply) throw new Error(`${module}: ${reply.error}`)
      return answerSchema.parse(reply.answer)
    },
    [Symbol.dispose]: () => child.disconnect(),
  }
}
