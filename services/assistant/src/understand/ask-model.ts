import { createHmac } from 'node:crypto'
import type { ModelCall } from '@waybill/database'
import { type Breaker, createBreaker, UnavailableError } from '@waybill/resilience'
import OpenAI from 'openai'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Language, Session } from '../session/session.ts'
import { describeSituation, quoteDriver } from './describe-situation.ts'
import { PROMPT_VERSION, SYSTEM_PROMPT, TOOL_DEFINITIONS } from './prompt.ts'
import { type ModelAnswer, type Reading, readModelAnswer } from './read-model-answer.ts'

export type ModelConfig = {
  baseUrl: string
  apiKey: string
  model: string
  providers: readonly string[]
  timeoutMs: number
  callsInFlightMax: number
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
}
export type AskModel = (
  question: ModelQuestion,
  signal: AbortSignal,
) => Promise<{ reading: Reading; call: ModelCall }>

type Deps = {
  config: ModelConfig
  registry: Registry
  log: Logger
  /** The model is being asked about a message: this takes a while. Not called while the breaker is open. */
  onAsking: (of: { conversationId: string; wamid: string }) => void
}

// Room for the answer: with less of it a reasoning model may end before its first word.
const ANSWER_TOKENS_MAX = 600

/** One call to OpenRouter per message, through a breaker. Never throws: `unavailable` is a reading too. */
export function createModel({ config, registry, log, onAsking }: Deps): Disposable & { ask: AskModel } {
  const client = new OpenAI({
    apiKey: config.apiKey,
    baseURL: config.baseUrl,
    maxRetries: 0,
    timeout: config.timeoutMs,
    defaultHeaders: { 'HTTP-Referer': 'https://waybill.example', 'X-OpenRouter-Title': 'Waybill' },
  })
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
      onAsking({ conversationId: question.conversationId, wamid: question.wamid })
      const body = requestBody(question, config)
      const answer = await client.chat.completions.create(body, {
        signal: AbortSignal.any([signal, turnSignal]),
      })
      return readModelAnswer(answer)
    },
  )
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
      try {
        const { reading, usage } = await breaker.call(question, signal)
        return { reading, call: callOf(reading.kind, usage) }
      } catch (error) {
        signal.throwIfAborted()
        const reason = error instanceof UnavailableError ? error.reason : 'error'
        log.warn({ err: error, reason }, 'the model could not be asked')
        return { reading: { kind: 'unavailable' }, call: callOf(reason) }
      }
    },
    [Symbol.dispose]: () => breaker[Symbol.dispose](),
  }
}

/** Static first, what changes last. */
export function requestBody(
  question: ModelQuestion,
  config: Pick<ModelConfig, 'model' | 'providers' | 'apiKey'>,
) {
  const { driver, words, ...situation } = question
  return {
    model: config.model,
    messages: [
      { role: 'system' as const, content: SYSTEM_PROMPT },
      { role: 'system' as const, content: describeSituation({ ...situation, timeZone: driver.timeZone }) },
      { role: 'user' as const, content: quoteDriver(words, situation.session.recent) },
    ],
    tools: TOOL_DEFINITIONS,
    tool_choice: 'auto' as const,
    max_tokens: ANSWER_TOKENS_MAX,
    reasoning: { effort: 'minimal' },
    provider: { only: [...config.providers], require_parameters: true },
    session_id: PROMPT_VERSION,
    user: createHmac('sha256', config.apiKey).update(driver.id).digest('hex').slice(0, 32),
  }
}

/** A turn that was given up, or words that OpenRouter does not take. */
function saysNothingOfTheModel(error: unknown): boolean {
  if (error instanceof OpenAI.APIUserAbortError) return true
  return (
    error instanceof OpenAI.APIError && (error.status === 400 || error.status === 413 || error.status === 422)
  )
}
