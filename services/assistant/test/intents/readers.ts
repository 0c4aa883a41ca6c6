import { pino } from 'pino'
import { Registry } from 'prom-client'
import type { GuardedWords } from '../../src/guard/guard.ts'
import { TOOLS } from '../../src/tools/catalogue.ts'
import { createModel } from '../../src/understand/ask-model.ts'
import { createRules } from '../../src/understand/classify-by-rules.ts'
import { EXAMPLES } from '../../src/understand/examples.ts'
import { createReader, type ReadWithModel } from '../../src/understand/read-with-model.ts'
import { createSharing } from '../../src/understand/share-understanding.ts'
import { createUnderstanding, type Understand } from '../../src/understand/understand.ts'

const UNREACHABLE: ReadWithModel = async () => ({
  reading: { kind: 'unavailable', mayTryAgain: false },
  calls: [],
})

/** What is understood is measured here, and not what is kept out. */
const letThrough = (text: string): GuardedWords => ({
  ...{ action: 'allow', text, restore: (it) => it, message: undefined, tellDispatch: false },
  ...{ suspend: undefined, policyVersion: 'none', record: undefined },
})

const understandingWith = (read: ReadWithModel): Understand =>
  createUnderstanding({
    guard: { words: async ({ text }) => letThrough(text) },
    read,
    classifyByRules: createRules(EXAMPLES, TOOLS),
    sharing: createSharing(EXAMPLES),
    cache: { read: async () => undefined, write: async () => {} },
    timeStage: (_stage, work) => work(),
    onLookup: () => {},
    onCut: () => {},
  })

/** Fast path and rules, as when the model is out of reach. */
export const byRules = (): Understand => understandingWith(UNREACHABLE)

/** Fast path, model, rules: as it is. */
export function byModel({ baseUrl, apiKey }: { baseUrl: string; apiKey: string }): Disposable & {
  understand: Understand
} {
  const model = createModel({
    config: {
      baseUrl,
      apiKey,
      model: 'openai/gpt-5-mini',
      fallbackModels: [],
      providers: ['openai'],
      dataCollection: 'deny',
      timeoutMs: 10_000,
      callsInFlightMax: 10,
      presenceInFlightMax: 10,
    },
    registry: new Registry(),
    log: pino({ level: 'silent' }),
    onAsking: () => {},
  })
  const read = createReader({ ask: model.ask, onAsked: () => {}, patienceMs: 5_000, random: () => 0 })
  return { understand: understandingWith(read), [Symbol.dispose]: () => model[Symbol.dispose]() }
}
