import { z } from 'zod'
import { benchStack, originOf } from '../bench-stack.ts'
import type { Measure } from '../measure.ts'
import { cpuMsOf } from '../process-usage.ts'
import type { RequestJob } from '../processes/request-closely.ts'
import { startProcess } from '../start-process.ts'

const SECONDS = 10
const WARM_UP_SECONDS = 3
const CONNECTIONS_EACH = 10
const PROCESSES = 2
const CPU_MS_MAX = 2
const PER_SECOND_MIN = 1_000

// Of 300 characters, one after the other: names, numbers, places, and nothing that has to be found.
const TEXTS = [
  'Hi, this is about the second stop of my route. The customer at 455 West Oak Avenue says that the delivery was moved to the afternoon, somewhere after half past two, and that the gate code has changed. Can you tell me whether that is in the system, and what the new code is? I am ten minutes away now.',
  'Bom dia, tudo bem? Estou na portaria do prédio da Rua das Flores, número 128, e ninguém atende o interfone do apartamento 52. O pedido é de uma caixa média, com etiqueta de frágil. Posso deixar com o porteiro, que se chama Antônio, ou tenho de voltar mais tarde, depois das quatro e meia da tarde hoje?',
  'Hola, voy con unos veinte minutos de retraso por un accidente en la avenida Insurgentes, a la altura del metro. Me quedan todavía cuatro entregas antes de la comida, y la de la farmacia dice que cierra a las dos. ¿Puede alguien avisar al cliente, o cambiar el orden de las paradas que me quedan por hacer?',
]

const requestedSchema = z.object({ perSecond: z.number(), done: z.number(), failed: z.number() })
type Requested = z.output<typeof requestedSchema>

/** What it costs to look at a driver's words. */
export const guardrailChecks: Measure = {
  id: 'B10',
  title: 'checks of the guardrails',
  async run({ share }) {
    await using system = await benchStack({ scale: { guardrails: PROCESSES } })
    const posts = TEXTS.map((text) => ({
      body: JSON.stringify({ text: text.slice(0, 300), source: 'driver' }),
      headers: { 'content-type': 'application/json' },
    }))
    using generators = new DisposableStack()
    const loaded = system.processesOf('guardrails').map((instance) => ({
      pid: instance.pid,
      load: { url: originOf(instance), path: '/v1/check/input', connections: CONNECTIONS_EACH, posts },
      generator: generators.use(startProcess<RequestJob, Requested>('request-closely', requestedSchema)),
    }))
    const checkFor = (seconds: number) =>
      Promise.all(loaded.map(({ generator, load }) => generator.ask({ ...load, seconds: seconds * share })))
    const cpuMsOfAll = () => loaded.reduce((sum, { pid }) => sum + cpuMsOf(pid), 0)

    await checkFor(WARM_UP_SECONDS)
    const cpuMsBefore = cpuMsOfAll()
    const answers = await checkFor(SECONDS)
    const cpuMsEach = (cpuMsOfAll() - cpuMsBefore) / answers.reduce((sum, { done }) => sum + done, 0)
    if (answers.some(({ failed }) => failed > 0)) throw new Error('a check failed')
    const perSecond = answers.reduce((sum, it) => sum + it.perSecond, 0)
    return [
      {
        ...{ id: 'B10', measure: `guardrail checks, ${PROCESSES} processes`, value: perSecond, unit: '/s' },
        ...{ target: `> ${PER_SECOND_MIN}`, met: perSecond > PER_SECOND_MIN },
        notes: ['texts of 300 characters in English, Portuguese and Spanish, with the HTTP of both sides'],
      },
      {
        ...{ id: 'B10', measure: 'CPU of a check', value: cpuMsEach, unit: 'ms' },
        ...{ target: `< ${CPU_MS_MAX} ms`, met: cpuMsEach < CPU_MS_MAX },
        notes: ['the mean of the whole process, HTTP and JSON included'],
      },
    ]
  },
}
