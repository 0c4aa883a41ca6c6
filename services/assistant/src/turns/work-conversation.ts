import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import {
  type conversationReady,
  dispatchNoticeRaised,
  orderCommandsReady,
  outboundReady,
} from '@waybill/contracts'
import {
  authenticate,
  changesWaiting,
  claimTurn,
  commitTurn,
  isRefusedData,
  postponeTurn,
  readSession,
  type Sender,
  type TurnWork,
  type WaitingMessage,
} from '@waybill/database'
import type { Delivery } from '@waybill/messaging'
import type { Span } from '@waybill/tracing'
import { parseSession, type Session } from '../session/session.ts'
import { albumWaitMs } from './await-album.ts'
import { draftTurn, type TurnDraft } from './draft-turn.ts'
import { type FailMessage, failMessage } from './fail-message.ts'
import { inTurn } from './in-turn.ts'
import { keepLease } from './keep-lease.ts'
import { isServed, waitForLimit } from './limit-turn.ts'
import { mergeReplies } from './merge-replies.ts'
import { publishHint } from './publish-hint.ts'
import { ATTEMPTS_MAX, type TurnDeps } from './turn-deps.ts'

// Back when the lane is free again by the database's clock.
const LOOK_AGAIN_MS = 20

type Held = {
  conversationId: string
  epoch: string
  signal: AbortSignal
  /** Aborted when somebody else holds the lane. */
  lost: AbortSignal
}

/** Works a conversation off until nothing waits in it. Never throws: what goes wrong is on record, or retried by the sweeper. */
export function workConversation(
  deps: TurnDeps,
): (delivery: Delivery<typeof conversationReady>) => Promise<void> {
  const { pool, metrics, log, owner, lease, stopping } = deps
  const leaseOf = { owner, ttlMs: lease.ttlMs, attemptsMax: ATTEMPTS_MAX }
  const fail = failMessage(deps)

  return async ({ payload: { conversationId }, isRedelivered, signal }) => {
    // Whoever had a redelivered hint is gone. If not, its commit is fenced.
    let steal = isRedelivered
    try {
      while (!signal.aborted && !stopping.aborted) {
        const againMs = await claimAndWork(conversationId, steal, signal)
        if (againMs === undefined) return
        if (againMs > 0) await setTimeout(againMs, undefined, { signal: AbortSignal.any([signal, stopping]) })
        steal = false
      }
    } catch (error) {
      // PostgreSQL has failed, or the lane is somebody else's. A nack would only bring the hint back too early.
      const step = signal.aborted || stopping.aborted ? 'aborted' : 'database'
      metrics.infrastructureErrors.inc({ step })
      log.warn({ err: error, conversationId, step }, 'a turn was given back')
    }
  }

  /** After how many ms to look again: the head was buried, or more of an album is coming. `undefined`: it is over. */
  async function claimAndWork(
    conversationId: string,
    steal: boolean,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const { epoch, work } = await claimTurn(pool, conversationId, { ...leaseOf, steal })
    if (work.state !== 'run' && work.state !== 'exhausted') return undefined
    if (work.state === 'run') {
      const delayMs = albumWaitMs(work.messages, { now: deps.now(), quietMs: deps.albumQuietMs })
      const wamids = work.messages.map(({ wamid }) => wamid)
      if (delayMs > 0) {
        const state = await postponeTurn(pool, conversationId, { epoch, wamids, delayMs })
        return state === 'later' ? delayMs + LOOK_AGAIN_MS : undefined
      }
    }
    using held = keepLease({ ...lease, pool, kind: 'inbound', key: conversationId, epoch, log })
    return await workLane(work, {
      conversationId,
      epoch,
      lost: held.signal,
      signal: AbortSignal.any([signal, stopping, held.signal]),
    })
  }

  async function workLane(claimed: TurnWork, held: Held): Promise<number | undefined> {
    let work = claimed
    let session: Session | undefined
    while (work.state === 'run' || work.state === 'exhausted') {
      if (held.signal.aborted) {
        givenUp(held)
        return undefined
      }
      if (work.state === 'exhausted') {
        const [message] = work.messages
        const error = new Error('attempts exhausted')
        const end = await fail(held, undefined, { message, untried: [], error, modelCalls: [] })
        return end === 'dead' ? 0 : undefined
      }
      const { messages } = work
      const turn = await inTurn(messages, (span) => runTurn(messages, session, { ...held, span }))
      if (turn.end !== undefined) return turn.end === 'dead' ? 0 : undefined
      session = turn.session
      work = turn.next
    }
    return undefined
  }

  function givenUp({ lost }: Held): void {
    if (!lost.aborted) return
    metrics.fenced.inc({ lane: 'inbound' })
    metrics.turns.inc({ path: 'none', outcome: 'fenced' })
  }

  type TurnEnd =
    | { end: Awaited<ReturnType<FailMessage>> | 'limited' }
    | { end: undefined; next: TurnWork; session: Session }

  async function runTurn(
    messages: readonly [WaitingMessage, ...WaitingMessage[]],
    carried: Session | undefined,
    held: Held & { span: Span | undefined },
  ): Promise<TurnEnd> {
    const startedAt = performance.now()
    const { conversationId, signal } = held
    const [{ sender, session }, admittance] = await metrics.timeStage('admit', () =>
      Promise.all([whoAndWhere(conversationId, carried), deps.limits.admit(conversationId, messages.length)]),
    )
    if (admittance.kind === 'refused' && isServed(sender)) {
      const turn = { conversationId, epoch: held.epoch, messages, sender, session }
      return { end: await waitForLimit(deps, admittance, turn) }
    }
    const superseded = await changedSince(conversationId, messages)
    let draft: TurnDraft
    try {
      const turn = { conversationId, messages, sender, session, superseded, signal, now: deps.now }
      draft = await draftTurn(turn, deps)
    } catch (error) {
      if (!signal.aborted) throw error
      givenUp(held)
      return { end: 'fenced' }
    }

    held.span?.setAttributes({ 'waybill.path': draft.path })
    if (draft.failure && draft.answered.length === 0) return { end: await fail(held, draft, draft.failure) }
    let committed: Awaited<ReturnType<typeof commit>>
    try {
      committed = await commit(draft, held)
    } catch (error) {
      if (!isRefusedData(error)) throw error
      // Which message it is shows when they are taken one by one.
      const [message, ...untried] = messages
      return { end: await fail(held, draft, { message, untried, error, modelCalls: draft.modelCalls }) }
    }
    metrics.turns.inc({
      path: draft.path,
      outcome: committed.next.state === 'fenced' ? 'fenced' : 'committed',
    })
    metrics.turnSeconds.observe({ path: draft.path }, (performance.now() - startedAt) / 1_000)
    if (committed.next.state === 'fenced') metrics.fenced.inc({ lane: 'inbound' })
    else count(messages, sender, draft)
    if (!draft.failure || committed.next.state === 'fenced') return { end: undefined, ...committed }
    // The commit has handed out the message that failed once more: that attempt is not held against it.
    const { message, untried } = draft.failure
    const failure = { ...draft.failure, untried: [message, ...untried] }
    return { end: await fail(held, draft, failure) }
  }

  function count(messages: readonly WaitingMessage[], sender: Sender, draft: TurnDraft): void {
    const { answered, checkIn } = draft
    if (!isServed(sender)) {
      const reason = sender.identity === 'known' ? sender.driver.status : sender.identity
      metrics.refused.inc({ reason })
    }
    if (checkIn) {
      const outcome = checkIn.state === 'asked' ? 'withdrawn' : checkIn.state
      metrics.checkIns.inc({ step: 'answer', outcome })
    }
    const done = new Set(answered.map(({ wamid }) => wamid))
    for (const { wamid, sentAt } of messages) {
      if (done.has(wamid)) metrics.answerSeconds.observe(Math.max(0, deps.now() - sentAt) / 1_000)
    }
  }

  /** A message that is tried again is taken alone: what has changed it since waits behind it. */
  async function changedSince(
    conversationId: string,
    messages: readonly WaitingMessage[],
  ): Promise<ReadonlyMap<string, string>> {
    if (messages.every(({ attempts }) => attempts <= 1)) return new Map()
    return changesWaiting(
      pool,
      conversationId,
      messages.map(({ wamid }) => wamid),
    )
  }

  /** PostgreSQL and Redis at the same time. The session is read from PostgreSQL when Redis has lost it or has an older one. */
  async function whoAndWhere(
    conversationId: string,
    carried: Session | undefined,
  ): Promise<{ sender: Sender; session: Session | undefined }> {
    const [sender, remembered] = await Promise.all([
      authenticate(pool, conversationId),
      carried ?? deps.memory.readSession(conversationId),
    ])
    const { lastTurnId } = sender
    if (lastTurnId === null) return { sender, session: undefined }
    if (remembered?.turnId === lastTurnId) {
      metrics.sessions.inc({ source: carried ? 'carried' : 'redis' })
      return { sender, session: remembered }
    }
    metrics.sessions.inc({ source: 'postgres' })
    return { sender, session: parseSession(await readSession(pool, conversationId, lastTurnId)) }
  }

  async function commit(
    draft: TurnDraft,
    { conversationId, epoch }: Held,
  ): Promise<{ next: TurnWork; session: Session }> {
    const id = randomUUID()
    const session = { ...draft.session, turnId: id, at: deps.now() }
    const replies = mergeReplies(draft.answered)
    const turn = {
      id,
      driverId: draft.driverId,
      wamids: draft.answered.map(({ wamid }) => wamid),
      session,
      replies,
      ...{ commands: draft.commands, notices: draft.notices },
      ...{ withdraws: draft.withdraws, checkIn: draft.checkIn },
      audit: draft.audit,
      transcripts: draft.transcripts,
      proofs: draft.proofs,
      modelCalls: draft.modelCalls,
      isRefusal: draft.isRefusal,
      lockReason: draft.lockReason,
      consent: draft.consent,
      guardrails: draft.guardrails.length > 0 ? draft.guardrails : undefined,
      suspends: draft.suspends,
    }
    const next = await metrics.timeStage('commit', () =>
      commitTurn(pool, conversationId, { epoch, lease: leaseOf, turn }),
    )
    if (next.state === 'fenced') return { next, session }
    const hints: Promise<void>[] = [deps.memory.write({ conversationId, session, days: draft.days })]
    if (replies.length > 0) hints.push(publishHint(deps, outboundReady, { conversationId }))
    if (draft.commands.length > 0 && draft.driverId !== undefined) {
      hints.push(publishHint(deps, orderCommandsReady, { driverId: draft.driverId }))
    }
    for (const { id: noticeId, delayMs = 0 } of draft.notices) {
      // What is held is the scheduler's to bring up when its time has come.
      if (delayMs === 0) hints.push(publishHint(deps, dispatchNoticeRaised, { noticeId }))
    }
    await metrics.timeStage('hand-on', () => Promise.all(hints))
    return { next, session }
  }
}
