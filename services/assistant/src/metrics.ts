import { Counter, Histogram, type Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>
/** Of a turn; replies are rendered by what acts. `hand-on`: the session to Redis, hints to the broker. */
type Stage = 'admit' | 'guard-in' | 'understand' | 'act' | 'translate' | 'guard-out' | 'commit' | 'hand-on'
/** Returns what the work returns, and throws what it throws. */
export type TimeStage = <T>(stage: Stage, work: () => Promise<T>) => Promise<T>

export function createMetrics(registry: Registry) {
  const registers = [registry]
  const stageSeconds = new Histogram({
    name: 'waybill_turn_stage_seconds',
    help: 'How long the stages of a turn took: admit, and for each message that needs it guard-in, understand, act, translate, guard-out; then commit, hand-on',
    labelNames: ['stage'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8],
    registers,
  })
  const timeStage: TimeStage = async (stage, work) => {
    const stop = stageSeconds.startTimer({ stage })
    try {
      return await work()
    } finally {
      stop()
    }
  }
  return {
    timeStage,
    turns: new Counter({
      name: 'waybill_turns_total',
      help: 'Turns by the costliest way in which one of their messages was understood, and by what became of them',
      labelNames: ['path', 'outcome'],
      registers,
    }),
    turnSeconds: new Histogram({
      name: 'waybill_turn_seconds',
      help: 'From the claim of a turn to its commit',
      labelNames: ['path'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16],
      registers,
    }),
    answerSeconds: new Histogram({
      name: 'waybill_answer_seconds',
      help: 'From the second in which WhatsApp took a message to the commit of its answer',
      buckets: [1, 2, 3, 5, 10, 30, 60, 300, 1_800],
      registers,
    }),
    fenced: new Counter({
      name: 'waybill_lane_fenced_total',
      help: 'Work thrown away because somebody else had taken the lane',
      labelNames: ['lane'],
      registers,
    }),
    infrastructureErrors: new Counter({
      name: 'waybill_turn_infrastructure_errors_total',
      help: 'Turns given back because PostgreSQL or the broker failed, by step',
      labelNames: ['step'],
      registers,
    }),
    unpublished: new Counter({
      name: 'waybill_hints_unpublished_total',
      help: 'Hints that the broker did not take: the sweeper makes up for them',
      labelNames: ['queue'],
      registers,
    }),
    refused: new Counter({
      name: 'waybill_senders_refused_total',
      help: 'Turns of people who are not served: unknown, locked, inactive, suspended',
      labelNames: ['reason'],
      registers,
    }),
    sessions: new Counter({
      name: 'waybill_sessions_total',
      help: 'Where the session of a turn came from',
      labelNames: ['source'],
      registers,
    }),
    understood: new Counter({
      name: 'waybill_messages_understood_total',
      help: 'Messages by how they were understood and by the tool that it led to',
      labelNames: ['path', 'tool'],
      registers,
    }),
    modelCalls: new Counter({
      name: 'waybill_model_calls_total',
      help: 'Calls to the model by outcome: what it answered, what was wrong with it, or why there was none. payment-required and authentication need a person',
      labelNames: ['outcome'],
      registers,
    }),
    understandingCache: new Counter({
      name: 'waybill_understanding_cache_total',
      help: 'Free words by whether what they mean was known from others: hit, miss, not-shared',
      labelNames: ['outcome'],
      registers,
    }),
    toolCallsCut: new Counter({
      name: 'waybill_tool_calls_cut_total',
      help: 'Messages for which the model called more tools than a turn may run',
      registers,
    }),
    modelTokens: new Counter({
      name: 'waybill_model_tokens_total',
      help: 'Tokens by kind; cached tokens are part of the prompt',
      labelNames: ['kind'],
      registers,
    }),
    modelCostUsd: new Counter({
      name: 'waybill_model_cost_usd_total',
      help: 'What the model has cost',
      registers,
    }),
    transcriptions: new Counter({
      name: 'waybill_transcriptions_total',
      help: 'Voice notes that were listened to, by outcome: words, none, or why nobody listened',
      labelNames: ['outcome'],
      registers,
    }),
    guardrails: new Counter({
      name: 'waybill_guarded_texts_total',
      help: 'Texts that the guardrails were asked about, by what was done; minimum-… without them',
      labelNames: ['direction', 'outcome'],
      registers,
    }),
    translations: new Counter({
      name: 'waybill_translations_total',
      help: 'Replies in other languages by outcome: cached, translated, refused (a fact had changed), blocked (by the guardrails), unavailable',
      labelNames: ['outcome'],
      registers,
    }),
    ordersUnreachable: new Counter({
      name: 'waybill_orders_unreachable_total',
      help: 'Reads of orders that the order system did not answer',
      registers,
    }),
    checkIns: new Counter({
      name: 'waybill_check_ins_total',
      help: 'Steps of check-ins (ask, remind, raise, miss, expire; answer, by the driver) by what became of them: asked, accepted, declined, withdrawn, unanswered, skipped, or why not now',
      labelNames: ['step', 'outcome'],
      registers,
    }),
    orderEvents: new Counter({
      name: 'waybill_order_events_told_total',
      help: 'Events of the order system: recorded, repeated, told, moot, or why they wait',
      labelNames: ['outcome'],
      registers,
    }),
    commands: new Counter({
      name: 'waybill_order_commands_total',
      help: 'Attempts to bring a driver’s word to the order system, by what it is and by outcome: done, retry, rejected',
      labelNames: ['command', 'outcome'],
      registers,
    }),
  }
}
