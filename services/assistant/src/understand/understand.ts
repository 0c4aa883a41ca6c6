import type { Driver, ModelCall } from '@waybill/database'
import type { Guard, GuardedWords } from '../guard/guard.ts'
import type { TextSource } from '../guard/guardrails-api.ts'
import type { TimeStage } from '../metrics.ts'
import type { Language, Session } from '../session/session.ts'
import type { ModelQuestion } from './ask-model.ts'
import type { ClassifyByRules } from './classify-by-rules.ts'
import { type Intent, takeFastPath } from './fast-path.ts'
import { normalize } from './normalize.ts'
import { guessLanguage } from './phrases.ts'
import type { DriverInput } from './read-message.ts'
import { type ModelToolCall, type Reading, withArguments } from './read-model-answer.ts'
import type { Budget, ReadWithModel } from './read-with-model.ts'
import type { Sharing } from './share-understanding.ts'
import type { UnderstandingCache } from './understanding-cache.ts'

export type Path = 'fast' | 'cache' | 'model' | 'rules' | 'none'
export type Understanding = {
  path: Path
  intents: Intent[]
  /** Why there is no intent. */
  isModelUnreachable: boolean
  /** The language of the words, where it could be told. */
  language: Language | undefined
  modelCalls: readonly ModelCall[]
  /** What the guardrails said; none where the words are our own. */
  guarded?: GuardedWords | undefined
}
export type Situation = {
  conversationId: string
  wamid: string
  session: Session
  language: Language
  now: number
  today: string
  sentAt: number
  driver: Pick<Driver, 'id' | 'timeZone' | 'language'>
  /** Of the turn: its messages share it. */
  budget: Budget
  /** Where the words are from. */
  source: TextSource
}
export type Understand = (
  input: DriverInput,
  situation: Situation,
  signal: AbortSignal,
) => Promise<Understanding>

type Deps = {
  guard: Pick<Guard, 'words'>
  read: ReadWithModel
  classifyByRules: ClassifyByRules
  sharing: Sharing
  cache: UnderstandingCache
  timeStage: TimeStage
  onLookup: (outcome: 'hit' | 'miss' | 'not-shared') => void
  /** The model asked for more than a turn may do. */
  onCut: () => void
}
type Read = { reading: Reading; calls: ModelCall[]; isHit: boolean }

/** What a message asks for: from the message alone where it is clear, else from what others meant by the same words, from the model, or by rules. */
export function createUnderstanding(deps: Deps): Understand {
  const { classifyByRules } = deps
  return async (input, situation, signal) => {
    const intent = takeFastPath(input, situation)
    const language = guessOf(input)
    const base = { isModelUnreachable: false, language, modelCalls: [] }
    if (intent) return { ...base, path: 'fast', intents: [intent] }
    if (input.kind !== 'words') return { ...base, path: 'none', intents: [] }

    const { wamid, source } = situation
    const guarded = await deps.guard.words(
      { text: input.text, language: language ?? situation.language, source, wamid },
      signal,
    )
    if (guarded.action === 'block') return { ...base, path: 'none', intents: [], guarded }
    const {
      reading,
      calls: modelCalls,
      isHit,
    } = await deps.timeStage('understand', () => readWords(guarded.text, situation, signal, deps))
    if (reading.kind === 'calls') {
      return {
        path: isHit ? 'cache' : 'model',
        // With the driver's own data in place of the marks that the model has seen.
        intents: withinBudget(withArguments(reading.calls, guarded.restore), situation.budget, deps.onCut),
        isModelUnreachable: false,
        language: reading.language,
        modelCalls,
        guarded,
      }
    }
    const opinion = reading.kind === 'none' ? 'second' : 'first'
    const byRule = classifyByRules(input.text, situation.session.pendingQuestion, opinion)
    if (reading.kind === 'none' && !byRule)
      return { ...base, modelCalls, guarded, path: 'model', intents: [] }
    return {
      ...base,
      ...{ modelCalls, guarded },
      path: 'rules',
      intents: byRule ? [byRule] : [],
      isModelUnreachable: reading.kind === 'unavailable',
    }
  }
}

async function readWords(
  words: string,
  situation: Situation,
  signal: AbortSignal,
  { read, sharing, cache, onLookup }: Deps,
): Promise<Read> {
  const question: ModelQuestion = { ...situation, words }
  const key = sharing.keyOf(words, situation)
  if (key === undefined) {
    onLookup('not-shared')
    return { ...(await read(question, situation.budget, signal)), isHit: false }
  }
  const startedAt = performance.now()
  const known = await cache.read(key)
  const shared = known && sharing.particular(words, known.calls)
  // What Redis holds is not trusted: it must still be what a tool takes, and stand in these words.
  if (shared && sharing.isShareable(words, shared)) {
    onLookup('hit')
    const latencyMs = Math.round(performance.now() - startedAt)
    const call = { purpose: 'understand', model: known.model, outcome: 'calls', latencyMs, isCacheHit: true }
    return {
      reading: { kind: 'calls', calls: shared, language: known.language },
      calls: [call],
      isHit: true,
    }
  }
  onLookup('miss')
  const answer = await read({ ...question, isSelfContained: true }, situation.budget, signal)
  if (answer.reading.kind === 'calls' && sharing.isShareable(words, answer.reading.calls)) {
    const { calls, language } = answer.reading
    const model = answer.calls.at(-1)?.model ?? ''
    void cache.write(key, { calls: sharing.general(words, calls), language, model })
  }
  return { ...answer, isHit: false }
}

function withinBudget(calls: readonly ModelToolCall[], budget: Budget, onCut: () => void): Intent[] {
  const taken = calls.slice(0, budget.toolCalls)
  budget.toolCalls -= taken.length
  if (taken.length < calls.length) onCut()
  return taken.map(({ name, args }): Intent => ({ do: 'tool', name, args }))
}

function guessOf(input: DriverInput): Language | undefined {
  return input.kind === 'words' ? guessLanguage(normalize(input.text)) : undefined
}
