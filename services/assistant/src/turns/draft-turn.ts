import type {
  AuditEntry,
  Consent,
  GuardrailRecord,
  ModelCall,
  NewNotice,
  OrderCommand,
  Sender,
  Transcript,
  TurnRecord,
  WaitingMessage,
} from '@waybill/database'
import { textMessage } from '@waybill/whatsapp'
import type { FetchedDay, OrderBook } from '../orders/order-book.ts'
import { type Language, type Session, sessionAt } from '../session/session.ts'
import type { ProofChange } from '../tools/tool.ts'
import { turnBudget } from '../understand/read-with-model.ts'
import type { Path } from '../understand/understand.ts'
import { admitSender, languageOf } from './admit-sender.ts'
import type { Answer, Question } from './answer-message.ts'
import { auditOf, consentOfUnanswered } from './heed-consent.ts'
import type { AnsweredBy } from './merge-replies.ts'
import { mergeProofs, proofCommand } from './proof-commands.ts'
import { supersededIn } from './superseded.ts'

/** What a turn is about to leave behind, and where it stopped if one of its messages could not be answered. */
export type TurnDraft = {
  driverId: string | undefined
  path: Path
  language: Language
  answered: AnsweredBy[]
  session: Session
  commands: OrderCommand[]
  notices: NewNotice[]
  withdraws: string[]
  checkIn: TurnRecord['checkIn']
  audit: AuditEntry[]
  proofs: ProofChange[]
  transcripts: Transcript[]
  guardrails: GuardrailRecord[]
  consent: Consent | undefined
  suspends: boolean
  modelCalls: ModelCall[]
  days: readonly FetchedDay[]
  isRefusal: boolean
  lockReason: string | undefined
  failure:
    | { message: WaitingMessage; untried: readonly WaitingMessage[]; error: unknown; modelCalls: ModelCall[] }
    | undefined
}

type Turn = {
  conversationId: string
  messages: readonly WaitingMessage[]
  sender: Sender
  session: Session | undefined
  /** Messages that were edited or deleted by others that wait behind this turn. */
  superseded: ReadonlyMap<string, string>
  signal: AbortSignal
  now: () => number
}
export type DraftDeps = {
  openBook: (driverId: string) => OrderBook
  answer: (question: Question) => Promise<Answer>
}

const COST: readonly Path[] = ['none', 'fast', 'cache', 'rules', 'model']

/** Answers the messages of a turn one after the other. Writes nothing; throws only when it was aborted. */
export async function draftTurn(turn: Turn, deps: DraftDeps): Promise<TurnDraft> {
  const { conversationId, messages, sender, signal, now } = turn
  const draft: TurnDraft = {
    driverId: sender.identity === 'unknown' ? undefined : sender.driver.id,
    path: 'none',
    language: turn.session?.language ?? languageOf(sender, messages),
    answered: [],
    session: sessionAt(now(), turn.session),
    commands: [],
    notices: [],
    withdraws: [],
    checkIn: undefined,
    audit: [],
    proofs: [],
    transcripts: [],
    guardrails: [],
    consent: undefined,
    suspends: false,
    modelCalls: [],
    days: [],
    isRefusal: false,
    lockReason: undefined,
    failure: undefined,
  }
  const admission = admitSender(sender, messages)
  if (admission.kind === 'turned-away') {
    const { reply, audit, isRefusal, lockReason } = admission
    const replies = reply === undefined ? [] : [textMessage(reply)]
    const consent = sender.identity === 'known' ? consentOfUnanswered(messages) : undefined
    const last = messages.length - 1
    const answered = messages.map(({ wamid }, index) => ({ wamid, replies: index === last ? replies : [] }))
    return {
      ...{ ...draft, answered, isRefusal, lockReason, consent },
      audit: consent ? [...audit, auditOf(consent)] : audit,
    }
  }

  const { driver } = admission
  const book = deps.openBook(driver.id)
  const budget = turnBudget()
  const superseded = new Map([...turn.superseded, ...supersededIn(messages)])
  for (const [index, message] of messages.entries()) {
    const ledger: ModelCall[] = []
    const by = superseded.get(message.wamid)
    if (by !== undefined) {
      draft.answered.push({ wamid: message.wamid, replies: [] })
      draft.audit.push({ action: 'message.superseded', detail: { wamid: message.wamid, by } })
      continue
    }
    try {
      const answer = await deps.answer({
        conversationId,
        message,
        driver,
        session: draft.session,
        book,
        signal,
        now: now(),
        ledger,
        budget,
        isUnanswered: (wamid) => messages.some((other) => other.wamid === wamid),
        takeover: sender.takeover,
        hasOptedOut: draft.consent ? draft.consent.state === 'out' : sender.hasOptedOut,
        waitingSince: draft.notices.some(({ kind }) => kind === 'help') ? now() : sender.waitingSince,
      })
      signal.throwIfAborted()
      draft.answered = answeredWith(draft.answered, message.wamid, answer)
      draft.proofs.push(...(answer.proofs ?? []))
      draft.commands.push(...answer.commands)
      draft.notices.push(...(answer.notices ?? []))
      takeBack(draft, answer.withdraws ?? [])
      draft.checkIn = answer.checkIn ?? draft.checkIn
      draft.audit.push(...answer.audit)
      draft.transcripts.push(...(answer.transcripts ?? []))
      draft.guardrails.push(...(answer.guardrails ?? []))
      draft.consent = answer.consent ?? draft.consent
      draft.suspends ||= answer.suspends ?? false
      draft.modelCalls.push(...ledger)
      draft.session = answer.session
      draft.path = costlier(draft.path, answer.path)
    } catch (error) {
      signal.throwIfAborted()
      draft.failure = { message, untried: messages.slice(index + 1), error, modelCalls: ledger }
      break
    }
  }
  const language = draft.session.language ?? draft.language
  const proofs = mergeProofs(draft.proofs)
  const commands = [...draft.commands, ...proofs.flatMap((proof) => proofCommand(proof, language) ?? [])]
  return { ...draft, proofs, commands, days: book.fetched, language }
}

/** Of several notes about one thing the last one stays. */
function answeredWith(
  answered: readonly AnsweredBy[],
  wamid: string,
  { note, replies, replyTo }: Pick<Answer, 'note' | 'replies' | 'replyTo'>,
): AnsweredBy[] {
  if (!note) return [...answered, { wamid, replies, replyTo }]
  const isTold = (it: AnsweredBy) => it.note?.about === note.about && it.note.message.type !== 'reaction'
  if (!answered.some(isTold)) {
    return [...answered, { wamid, note: { ...note, message: note.ifTold ?? note.message }, replies, replyTo }]
  }
  const others = answered.map((it) => (isTold(it) ? { wamid: it.wamid, replies: it.replies } : it))
  return [...others, { wamid, note, replies, replyTo }]
}

/** What an earlier message of this turn has given rise to is just left out. */
function takeBack(draft: TurnDraft, ids: readonly string[]): void {
  const own = new Set([...draft.commands, ...draft.notices].map(({ id }) => id))
  draft.commands = draft.commands.filter(({ id }) => !ids.includes(id))
  draft.notices = draft.notices.filter(({ id }) => !ids.includes(id))
  draft.withdraws.push(...ids.filter((id) => !own.has(id)))
}

function costlier(a: Path, b: Path): Path {
  return COST.indexOf(a) >= COST.indexOf(b) ? a : b
}
