import {
  checkInDue,
  contractsOf,
  conversationReady,
  orderCommandsReady,
  orderEventReceived,
  orderEventsDue,
  turnStarted,
} from '@waybill/contracts'
import { countBlocked, createPool, findAnswers, type ModelCall, messagePointedAt } from '@waybill/database'
import { connectMessaging } from '@waybill/messaging'
import { createLogger, createRegistry, startOpsServer } from '@waybill/service-kit'
import { startTracing } from '@waybill/tracing'
import { createMediaApi, mediaHosts } from '@waybill/whatsapp'
import { workCheckIns } from './check-ins/work-check-ins.ts'
import type { Config } from './config.ts'
import { createGuard, type Guard } from './guard/guard.ts'
import { guardrailsApi } from './guard/guardrails-api.ts'
import { createRateLimits } from './limits/rate-limits.ts'
import { openStore } from './media/open-store.ts'
import { readMedia } from './media/read-media.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { recordOrderEvents } from './order-events/record-order-events.ts'
import { tellDriver } from './order-events/tell-order-events.ts'
import { httpOrderSystem } from './orders/http-order-system.ts'
import { openOrderBook } from './orders/order-book.ts'
import { reachOrderSystem } from './orders/reach-order-system.ts'
import { sendProof } from './orders/send-proof.ts'
import { workCommands } from './orders/work-commands.ts'
import { createMemory } from './session/memory.ts'
import { reachRedis } from './session/reach-redis.ts'
import { createTranslator } from './translate/ask-translation.ts'
import { inOtherLanguages } from './translate/translate-answer.ts'
import { createTranslation } from './translate/translate-reply.ts'
import { createTranslationCache } from './translate/translation-cache.ts'
import { answerAny } from './turns/answer-any.ts'
import { heedConsent } from './turns/heed-consent.ts'
import { unlessTakenOver } from './turns/leave-to-person.ts'
import { publishHint } from './turns/publish-hint.ts'
import { workConversation } from './turns/work-conversation.ts'
import { createModel } from './understand/ask-model.ts'
import { EXAMPLES } from './understand/examples.ts'
import { createReader } from './understand/read-with-model.ts'
import { rulesOfExamples } from './understand/rules-of-examples.ts'
import { createSharing } from './understand/share-understanding.ts'
import { createUnderstanding } from './understand/understand.ts'
import { createUnderstandingCache } from './understand/understanding-cache.ts'
import { createHearing } from './voice/hear.ts'
import { createTranscription } from './voice/transcribe.ts'

// Turns in hand get this long to finish, and then a moment to let go; what is left is taken over by somebody else.
const TURNS_MS_MAX = 18_000
const DRAIN_MS_MAX = 20_000
const COMMANDS_IN_FLIGHT = 20
const CHECK_INS_IN_FLIGHT = 10
const ORDER_EVENTS_IN_FLIGHT = 10

export async function startService(config: Config): Promise<AsyncDisposable> {
  await using opened = new AsyncDisposableStack()
  const identity = { service: 'assistant', instance: config.instance }
  const log = createLogger({ ...identity, ...config.log })
  opened.use(await startTracing({ ...identity, ...config.tracing, log }))
  const registry = createRegistry(identity)
  const metrics = createMetrics(registry)

  const pool = opened.adopt(
    createPool({
      ...config.database,
      name: config.instance,
      registry,
      log,
    }),
    (it) => it.end(),
  )
  const redis = opened.use(reachRedis({ ...config.redis, registry, log }))
  const memory = createMemory({ redis, log })
  const system = httpOrderSystem(config.orders)
  const orders = opened.use(reachOrderSystem({ ...config.orders, system, registry, log }))
  const messaging = opened.use(
    await connectMessaging({
      url: config.amqp.url,
      name: config.instance,
      log,
      registry,
      contracts: contractsOf('assistant'),
      drainMsMax: DRAIN_MS_MAX,
    }),
  )
  const stopping = new AbortController()
  opened.use(await startOpsServer({ ...config.http, registry, isReady: () => messaging.isReady() }))

  // A courtesy: nobody waits for it.
  const showWorking = (of: { conversationId: string; wamid: string }) =>
    void publishHint({ messaging, metrics, log }, turnStarted, of)
  const model = opened.use(
    createModel({
      config: config.model,
      registry,
      log,
      onAsking: showWorking,
    }),
  )
  const { timeStage } = metrics
  const guardrails = opened.use(
    createGuard({
      api: guardrailsApi(config.guardrails),
      timeoutMs: config.guardrails.timeoutMs,
      ...{ registry, log },
      onChecked: (of) => metrics.guardrails.inc(of),
    }),
  )
  const guard: Omit<Guard, typeof Symbol.dispose> = {
    words: (...asked) => timeStage('guard-in', () => guardrails.words(...asked)),
    mayBeRead: (...asked) => timeStage('guard-in', () => guardrails.mayBeRead(...asked)),
    output: (...asked) => timeStage('guard-out', () => guardrails.output(...asked)),
  }
  const understand = createUnderstanding({
    guard,
    read: createReader({
      ask: model.ask,
      onAsked: (call) => countModelCall(metrics, call),
      patienceMs: config.model.timeoutMs / 2,
      random: Math.random,
    }),
    classifyByRules: rulesOfExamples(),
    sharing: createSharing(EXAMPLES),
    cache: createUnderstandingCache({ redis, log }),
    timeStage,
    onLookup: (outcome) => metrics.understandingCache.inc({ outcome }),
    onCut: () => metrics.toolCallsCut.inc(),
  })
  const translator = opened.use(createTranslator({ config: config.model, registry, log }))
  const translate = createTranslation({
    guard,
    ask: (...asked) => timeStage('translate', () => translator.ask(...asked)),
    cache: createTranslationCache(redis, log),
    onTranslated: (outcome) => metrics.translations.inc({ outcome }),
    onAsked: (call) => countModelCall(metrics, call),
  })
  const media = opened.use(
    readMedia({
      api: createMediaApi({ ...config.whatsapp, hosts: mediaHosts(config.media.hosts) }),
      timeoutMs: config.media.timeoutMs,
      ...{ registry, log },
    }),
  )
  const objects = opened.use(openStore({ config: config.media, registry, log }))
  const { transcribe } = opened.use(
    createTranscription({
      config: config.voice.transcription,
      ...{ registry, log },
      onTranscribed({ outcome, costUsd = 0 }) {
        metrics.transcriptions.inc({ outcome })
        metrics.modelCostUsd.inc(costUsd)
      },
    }),
  )
  const shared = {
    pool,
    messaging,
    metrics,
    log,
    owner: config.instance,
    stopping: stopping.signal,
    random: Math.random,
  }
  const openBook = (driverId: string) =>
    openOrderBook({
      driverId,
      now: Date.now,
      fetchDay: (driver, date) => orders.dayOf(driver, date),
      lastKnown: (driver, date) => memory.readOrders(driver, date),
      onUnreachable(error) {
        metrics.ordersUnreachable.inc()
        log.warn({ err: error }, 'the order system could not be read')
      },
    })
  const answerConversation = workConversation({
    ...shared,
    limits: createRateLimits({ redis, config: config.limits, registry }),
    memory,
    lease: config.lease,
    albumQuietMs: config.albumQuietMs,
    now: Date.now,
    openBook,
    answer: inOtherLanguages(
      heedConsent(
        unlessTakenOver(
          answerAny({
            understand,
            findAnswers: (asked) => findAnswers(pool, asked),
            countBlocked: (driverId, withinMs) => countBlocked(pool, driverId, withinMs),
            timeStage,
            onUnderstood: (path, tool) => metrics.understood.inc({ path, tool }),
            media,
            objects,
            findMessage: (conversationId, wamid) => messagePointedAt(pool, conversationId, wamid),
            hear: createHearing({ media, transcribe, secondsMax: config.voice.secondsMax }),
            voiceSecondsMax: config.voice.secondsMax,
            onListening: showWorking,
          }),
        ),
      ),
      translate,
    ),
  })
  const passOnCommands = workCommands({
    ...shared,
    confirm: (command) => orders.confirm(command),
    decideRoute: (decision) => orders.decideRoute(decision),
    reportStatus: (report) => orders.reportStatus(report),
    sendProof: sendProof({ pool, objects, orders, timeoutMs: config.media.timeoutMs }),
    leaseMs: config.lease.ttlMs,
  })

  const recordEvents = recordOrderEvents({ pool, metrics, timing: config.eventTiming })
  const tell = tellDriver({
    ...shared,
    ...{ openBook, now: Date.now, phoneNumberId: config.checkIns.phoneNumberId, timing: config.eventTiming },
  })
  const askDrivers = workCheckIns({ ...shared, ...config.checkIns, openBook, now: Date.now })

  await messaging.consume(conversationReady, { concurrency: config.turnsInFlight }, answerConversation)
  await messaging.consume(orderCommandsReady, { concurrency: COMMANDS_IN_FLIGHT }, passOnCommands)
  await messaging.consume(checkInDue, { concurrency: CHECK_INS_IN_FLIGHT }, askDrivers)
  await messaging.consume(orderEventReceived, { concurrency: ORDER_EVENTS_IN_FLIGHT }, recordEvents)
  await messaging.consume(orderEventsDue, { concurrency: ORDER_EVENTS_IN_FLIGHT }, tell)
  // Turns in hand need the model and the order system: they are closed after this.
  opened.defer(async () => {
    setTimeout(() => stopping.abort(new Error('no time left')), TURNS_MS_MAX).unref()
    await messaging.stopConsuming()
  })
  return opened.move()
}

function countModelCall(metrics: Metrics, call: ModelCall): void {
  metrics.modelCalls.inc({ outcome: call.outcome })
  metrics.modelTokens.inc({ kind: 'prompt' }, call.promptTokens ?? 0)
  metrics.modelTokens.inc({ kind: 'cached' }, call.cachedTokens ?? 0)
  metrics.modelTokens.inc({ kind: 'completion' }, call.completionTokens ?? 0)
  metrics.modelCostUsd.inc(call.costUsd ?? 0)
}
