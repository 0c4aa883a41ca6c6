import { createHmac } from 'node:crypto'
import type { ModelCall } from '@waybill/database'
import { createOpenRouter, inModelCall, modelFailureOf, providersOf } from '@waybill/openrouter'
import { type Breaker, createBreaker } from '@waybill/resilience'
import OpenAI from 'openai'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Language, Session } from '../session/session.ts'
import { describeQuestion, describeSituation, quoteDriver } from './describe-situation.ts'
import { PROMPT_VERSION, SYSTEM_PROMPT, TOOL_DEFINITIONS } from './prompt.ts'
import { type ModelAnswer, type Reading, readModelAnswer } from './read-model-answer.ts'

export type ModelConfig = {
  baseUrl: string
  apiKey: string
  model: string
  /** Asked in this order when the first one fails. */
  fallbackModels: readonly string[]
  providers: readonly string[]
  dataCollection: 'allow' | 'deny'
  timeoutMs: number
  callsInFlightMax: number
  /** With more than so many, nobody is told of another one. */
  presenceInFlightMax: number
}
export type ModelQuestion = {
  conversationId: string
  wamid: string
  words: string
  language: Language
  session: Session
  now: number
  today: string
  driver: { id: string; timeZone: string }
  /** The words say it all: the model sees nothing of the conversation but what was asked last. */
  isSelfContained?: boolean
  /** Why its last answer was not taken. */
  correction?: string
  /** Its last answer was cut off. */
  needsRoom?: boolean
}
export type AskModel = (
  question: ModelQuestion,
  signal: AbortSignal,
) => Promise<{ reading: Reading; call: ModelCall }>

type Deps = {
  config: ModelConfig
  registry: Registry
  log: Logger
  /** The model is being asked about a message: this takes a while. Not called while it has too much to do. */
  onAsking: (of: { conversationId: string; wamid: string }) => void
}

// Room for the answer: with less of it a reasoning model may end before its first word.
const ANSWER_TOKENS_MAX = 600
const ANSWER_TOKENS_MAX_AGAIN = 2_000

/** One call to OpenRouter, through a breaker. Never throws but for the turn's own end: `unavailable` is a reading too. */
export function createModel({ config, registry, log, onAsking }: Deps): Disposable & { ask: AskModel } {
  const client = createOpenRouter(config)
  const breaker: Breaker<[ModelQuestion, AbortSignal], ModelAnswer> = createBreaker(
    {
      name: 'openrouter',
      registry,
      log,
      timeoutMs: config.timeoutMs,
      capacity: config.callsInFlightMax,
      isFailure: (error) => !saysNothingOfTheModel(error),
    },
    async (signal, question: ModelQuestion, turnSignal) => {
      if (breaker.inFlight <= config.presenceInFlightMax) {
        onAsking({ conversationId: question.conversationId, wamid: question.wamid })
      }
      const body = requestBody(question, config)
      const answer = await inModelCall({ operation: 'chat', ...body }, () =>
        client.chat.completions.create(body, { signal: AbortSignal.any([signal, turnSignal]) }),
      )
      return readModelAnswer(answer)
    },
  )
  // What OpenRouter has told us to wait for, or what only a person can mend.
  let heldUntil = Number.NEGATIVE_INFINITY

  return {
    async ask(question, signal) {
      const startedAt = performance.now()
      const callOf = (outcome: string, usage: Partial<ModelCall> = {}): ModelCall => ({
        purpose: 'understand',
        model: config.model,
        latencyMs: Math.round(performance.now() - startedAt),
        ...usage,
        outcome,
      })
      if (startedAt < heldUntil)
        return { reading: { kind: 'unavailable', mayTryAgain: false }, call: callOf('held') }
      try {
        const { reading, usage } = await breaker.call(question, signal)
        return { reading, call: callOf(reading.kind === 'invalid' ? reading.fault : reading.kind, usage) }
      } catch (error) {
        signal.throwIfAborted()
        const { outcome, next, holdMs = 0, needsPerson } = modelFailureOf(error)
        if (next === 'hold') heldUntil = Math.max(heldUntil, performance.now() + holdMs)
        log[needsPerson ? 'error' : 'warn']({ err: error, outcome, holdMs }, 'the model could not be asked')
        const reading: Reading =
          next === 'refused'
            ? { kind: 'refused' }
            : { kind: 'unavailable', mayTryAgain: next === 'again' && !breaker.isOpen }
        return { reading, call: callOf(outcome) }
      }
    },
    [Symbol.dispose]: () => breaker[Symbol.dispose](),
  }
}

/** Static first, what changes last. */
export function requestBody(
  question: ModelQuestion,
  config: Pick<ModelConfig, 'model' | 'fallbackModels' | 'providers' | 'dataCollection' | 'apiKey'>,
) {
  const { driver, words, correction, session } = question
  const situation = question.isSelfContained
    ? describeQuestion(question)
    : describeSituation({ ...question, timeZone: driver.timeZone })
  const refused =
    correction === undefined ? [] : [`Your last answer was not taken: ${correction}. Try again.`]
  return {
    model: config.model,
    ...(config.fallbackModels.length > 0 ? { models: [...config.fallbackModels] } : {}),
    messages: [
      { role: 'system' as const, content: SYSTEM_PROMPT },
      { role: 'system' as const, content: [situation, ...refused].join('\n') },
      { role: 'user' as const, content: quoteDriver(words, question.isSelfContained ? [] : session.recent) },
    ],
    tools: TOOL_DEFINITIONS,
    tool_choice: 'auto' as const,
    max_tokens: question.needsRoom ? ANSWER_TOKENS_MAX_AGAIN : ANSWER_TOKENS_MAX,
    reasoning: { effort: 'minimal' },
    provider: providersOf(config),
    session_id: PROMPT_VERSION,
    user: createHmac('sha256', config.apiKey).update(driver.id).digest('hex').slice(0, 32),
  }
}

/** A turn that was given up, words that OpenRouter does not take, or a rate: the model is well. */
function saysNothingOfTheModel(error: unknown): boolean {
  if (error instanceof OpenAI.APIUserAbortError) return true
  const { next, outcome } = modelFailureOf(error)
  return next === 'refused' || outcome === 'rate-limited'
}
