import { setTimeout as delay } from 'node:timers/promises'
import type { ModelCall } from '@waybill/database'
import type { AskModel, ModelQuestion } from './ask-model.ts'
import type { Reading } from './read-model-answer.ts'

/** What is left to a turn, whatever number of messages it holds. */
export type Budget = { modelCalls: number; toolCalls: number }
export const turnBudget = (): Budget => ({ modelCalls: 4, toolCalls: 6 })

type Deps = {
  ask: AskModel
  onAsked: (call: ModelCall) => void
  /** How long a try may start after the first. */
  patienceMs: number
  random: () => number
}
export type ReadWithModel = (
  question: ModelQuestion,
  budget: Budget,
  signal: AbortSignal,
) => Promise<{ reading: Reading; calls: ModelCall[] }>

const TRIES_MAX = 2
const PAUSE_MS = 100

/**
 * Asks the model, and once more where that may help: with what was wrong with its answer, with more room, or after a
 * moment. What is still no reading then is for the rules.
 */
export function createReader({ ask, onAsked, patienceMs, random }: Deps): ReadWithModel {
  return async (question, budget, signal) => {
    const calls: ModelCall[] = []
    const startedAt = performance.now()
    let asked = question
    let reading: Reading = { kind: 'unavailable', mayTryAgain: false }
    for (let tries = 0; tries < TRIES_MAX && budget.modelCalls > 0; tries += 1) {
      budget.modelCalls -= 1
      const answer = await ask(asked, signal)
      calls.push(answer.call)
      onAsked(answer.call)
      reading = answer.reading
      const next = nextTry(asked, reading)
      if (!next || performance.now() - startedAt > patienceMs) break
      if (reading.kind === 'unavailable') await delay(PAUSE_MS * (1 + random()), undefined, { signal })
      asked = next
    }
    return { reading, calls }
  }
}

function nextTry(question: ModelQuestion, reading: Reading): ModelQuestion | undefined {
  if (reading.kind === 'invalid') return { ...question, correction: reading.why }
  if (reading.kind === 'empty') return { ...question, needsRoom: true }
  return reading.kind === 'unavailable' && reading.mayTryAgain ? question : undefined
}
