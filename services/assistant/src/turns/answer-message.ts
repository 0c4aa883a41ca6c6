import type {
  AuditEntry,
  Consent,
  Driver,
  GuardrailRecord,
  ModelCall,
  NewNotice,
  OrderCommand,
  Takeover,
  Transcript,
  TurnRecord,
  WaitingMessage,
} from '@waybill/database'
import { type OutboundMessage, outboundMessageSchema } from '@waybill/whatsapp'
import { MINIMUM } from '../guard/guard.ts'
import { type Spoken, spokenLanguage } from '../languages/spoken-language.ts'
import type { TimeStage } from '../metrics.ts'
import type { OrderBook } from '../orders/order-book.ts'
import { localDate } from '../replies/local-time.ts'
import { REPLIES } from '../replies/replies.ts'
import type { Session } from '../session/session.ts'
import { toolNamed } from '../tools/catalogue.ts'
import { nearestStop } from '../tools/nearest-stop.ts'
import type { FindAnswers, ProofChange, ToolContext, ToolResult } from '../tools/tool.ts'
import { redactPhones } from '../understand/describe-situation.ts'
import type { Intent } from '../understand/fast-path.ts'
import { type DriverInput, readMessage } from '../understand/read-message.ts'
import type { Budget } from '../understand/read-with-model.ts'
import type { Path, Understand } from '../understand/understand.ts'
import { answerBlocked, sourceOf } from './answer-blocked.ts'
import { carryOut, notUnderstood, offering, saying } from './carry-out.ts'

export type Answer = {
  path: Path
  replies: OutboundMessage[]
  commands: OrderCommand[]
  notices?: NewNotice[]
  withdraws?: string[]
  checkIn?: TurnRecord['checkIn']
  audit: AuditEntry[]
  /** The message that the phone shows as quoted, when it is not the one that was answered. */
  replyTo?: string
  /** What is said of something that may go on to grow: the newest note about it stands for all. */
  note?: Note | undefined
  proofs?: readonly ProofChange[]
  /** What was said in voice notes. */
  transcripts?: Transcript[]
  guardrails?: GuardrailRecord[]
  /** Nobody has checked these words, or they must not be said again. */
  isUnspeakable?: boolean
  /** The driver was blocked once too often. */
  suspends?: boolean
  /** Whether the driver may be written to first, where the message says so. */
  consent?: Consent
  session: Session
}
export type Note = {
  about: string
  message: OutboundMessage
  /** Instead, when an earlier turn has told about it. */
  ifTold?: OutboundMessage | undefined
}
export type Question = {
  conversationId: string
  message: WaitingMessage
  driver: Driver
  session: Session
  book: OrderBook
  signal: AbortSignal
  now: number
  /** A person has the conversation, or had it last. */
  takeover?: Takeover | undefined
  /** Since when (ms) the driver has been waiting for a person. */
  waitingSince?: number | undefined
  /** Wants nothing that was not asked for. */
  hasOptedOut?: boolean | undefined
  /** Model calls are on record even when what follows them fails. */
  ledger: ModelCall[]
  /** The words are a transcript, which may have misheard. */
  isHeard?: boolean
  /** What is left to the turn. */
  budget: Budget
  /** The words correct what was answered before, and has written something: what they would write is asked back. */
  isCorrection?: boolean
  /** Does this message wait in this very turn? */
  isUnanswered?: (wamid: string) => boolean
  /** The words stand under a photo: they do something, or they are just kept. */
  isCaption?: boolean
}
export type AnswerDeps = {
  understand: Understand
  findAnswers: FindAnswers
  onUnderstood: (path: Path, tool: string) => void
  timeStage: TimeStage
  /** How many messages of a driver were blocked within the last so many ms. */
  countBlocked: (driverId: string, withinMs: number) => Promise<number>
}

/** An old message never confirms anything: the phone may have been offline, and the world has moved on. */
export const LATE_AFTER_MS = 15 * 60_000
/** Words that others have said before are still free words. */
const SOURCES = { fast: 'fast', none: 'fast', cache: 'model', model: 'model', rules: 'rules' } as const
const RECENT_MAX = 6
const RECENT_WORDS_MAX = 200

export async function answerMessage(question: Question, deps: AnswerDeps): Promise<Answer> {
  const { message, driver, session, book, signal, now, ledger, budget } = question
  const input = readMessage(message)
  const today = localDate(now, driver.timeZone)
  const language = session.language ?? driver.language ?? 'en'
  const { wamid, sentAt } = message
  const moment = {
    conversationId: question.conversationId,
    wamid,
    session,
    language,
    now,
    today,
    sentAt,
    driver,
    budget,
    source: sourceOf(question),
  }

  const understood = await deps.understand(input, moment, signal)
  ledger.push(...understood.modelCalls)
  const { guarded } = understood
  if (guarded?.action === 'block') return answerBlocked(guarded, question, deps)
  const words = input.kind === 'words' ? input.text : ''
  const told = spokenLanguage({ ...understood, words }, moment)
  const spoken = told.language
  const context: ToolContext = {
    driver,
    language: spoken,
    say: REPLIES[spoken],
    session,
    book,
    now,
    today,
    isLate: now - message.sentAt > LATE_AFTER_MS,
    isHeard: question.isHeard ?? false,
    isCorrection: question.isCorrection ?? false,
    waitingSince: question.waitingSince,
    findAnswers: deps.findAnswers,
    source: SOURCES[understood.path],
    words,
  }
  const intents = question.isCaption ? understood.intents.filter(isDone) : understood.intents
  const guardrails = guarded?.record ? [guarded.record] : []
  if (question.isCaption && intents.length === 0)
    return { ...silently(question, understood.path), guardrails }
  const warning = guarded?.action === 'warn' ? guarded.message : undefined
  const { isModelUnreachable } = understood
  const results = await deps.timeStage('act', () =>
    actOn(intents, context, { input, isModelUnreachable, warning }),
  )
  for (const { tool } of results) deps.onUnderstood(understood.path, tool)

  return {
    path: understood.path,
    replies: results
      .flatMap(({ result }) => result.replies)
      .map((reply) => outboundMessageSchema.parse(reply)),
    commands: results.flatMap(({ result }) => result.commands ?? []),
    notices: results.flatMap(({ result }) => result.notices ?? []),
    withdraws: results.flatMap(({ result }) => result.withdraws ?? []),
    proofs: results.flatMap(({ result }) => result.proofs ?? []),
    checkIn: results.findLast(({ result }) => result.checkIn)?.result.checkIn,
    guardrails,
    isUnspeakable: guarded?.policyVersion === MINIMUM,
    audit: results.flatMap(({ tool, result }) => [
      {
        action: tool === 'none' ? 'turn.answered' : 'turn.tool-called',
        detail: {
          ...{ wamid: message.wamid, path: understood.path, tool, result: result.summary },
          ...(guarded && { guardrails: { action: guarded.action, policyVersion: guarded.policyVersion } }),
        },
      },
      ...(result.audit ?? []),
    ]),
    session: {
      ...remembered(results, session),
      ...languageAfter(told, results),
      recent: recentWith(
        input.kind === 'words' ? redactPhones(guarded?.text ?? input.text) : `(${input.kind})`,
        results.map(({ result }) => result.summary).join('; '),
        session,
      ),
    },
  }
}

/** Of what is written under a photo only what somebody does counts: there is nothing to look up. */
function isDone(intent: Intent): boolean {
  if (intent.do !== 'tool' || intent.name === 'attach_proof') return false
  return toolNamed(intent.name)?.tier !== 'read'
}

function silently({ session }: Question, path: Path): Answer {
  return { path, replies: [], commands: [], audit: [], session }
}

type Acted = { tool: string; result: ToolResult; session: Session }

/** One after the other: the second may be about what the first has shown. */
async function actOn(
  intents: readonly Intent[],
  context: ToolContext,
  { input, ...found }: { input: DriverInput; isModelUnreachable: boolean; warning: string | undefined },
): Promise<Acted[]> {
  if (intents.length === 0) {
    const result = await withoutIntent(input, context, found)
    return [{ tool: 'none', result, session: { ...context.session, ...result.remember } }]
  }
  const acted: Acted[] = []
  for (const intent of intents) {
    const session = acted.at(-1)?.session ?? context.session
    const result = await carryOut(intent, { ...context, session })
    acted.push({
      tool: intent.do === 'tool' ? intent.name : 'none',
      result,
      // A question that was not asked again is answered or forgotten.
      session: { ...session, pendingQuestion: null, ...result.remember },
    })
  }
  return acted
}

async function withoutIntent(
  input: DriverInput,
  context: ToolContext,
  { isModelUnreachable, warning }: { isModelUnreachable: boolean; warning: string | undefined },
): Promise<ToolResult> {
  switch (input.kind) {
    case 'unreadable':
      return {
        ...saying(context.say.kinds[input.sentence], `could not read: ${input.sentence}`),
        // A photo of the broken truck does not close the question why.
        remember: { pendingQuestion: context.session.pendingQuestion },
      }
    case 'location':
      return nearestStop(input, context)
    case 'words':
    case 'tap':
      if (warning !== undefined && !isModelUnreachable)
        return offering(warning, 'not understood, and warned', context)
      return notUnderstood(context, isModelUnreachable)
    default:
      return { replies: [], summary: 'nothing' }
  }
}

function remembered(results: readonly Acted[], session: Session): Session {
  return results.at(-1)?.session ?? session
}

export function recentWith(did: string, summary: string, { recent }: Session): Session['recent'] {
  return [
    ...recent,
    {
      driver: did.slice(0, RECENT_WORDS_MAX).toWellFormed(),
      assistant: summary.slice(0, RECENT_WORDS_MAX),
    },
  ].slice(-RECENT_MAX)
}

/** What a driver asked for, or else what was told from words: what is on file about the driver may change. */
function languageAfter(
  { language, other, isTold }: Spoken,
  results: readonly Acted[],
): Pick<Session, 'language' | 'otherLanguage' | 'isLanguageChosen'> | object {
  if (results.some(({ result }) => result.remember?.isLanguageChosen)) return {}
  return { language: isTold ? language : null, otherLanguage: other }
}
