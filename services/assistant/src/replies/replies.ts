import type { Language } from '../session/session.ts'
import type { ConsentReplies } from './consent/consent-replies.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import type { EventReplies } from './events/event-replies.ts'
import type { LanguageReplies, SmallTalkReplies } from './languages/language-replies.ts'
import type { LimitsReplies } from './limits/limits-replies.ts'
import type { MediaReplies } from './media/media-replies.ts'
import type { PeopleReplies } from './people/people-replies.ts'
import { pt } from './pt.ts'
import type { QuestionReplies } from './questions/question-replies.ts'
import type { StatusReplies } from './status/status-replies.ts'
import type { StopsReplies } from './stops/stops-replies.ts'

/** Statuses that have a name in every language. Others are shown as the order system writes them. */
export type KnownStatus =
  | 'pending'
  | 'assigned'
  | 'confirmed'
  | 'en_route'
  | 'arrived'
  | 'delivered'
  | 'failed'
  | 'cancelled'

/** Kinds of message that get a sentence of their own: what can be done instead. */
export type SentenceKind =
  | 'location'
  | 'image'
  | 'document'
  | 'video'
  | 'voice'
  | 'sticker'
  | 'contacts'
  | 'order'
  | 'changed'
  | 'other'

/** Every sentence that a driver can read, in one language. Titles of buttons and rows: 20 and 24 characters. */
export type Replies = {
  orders: {
    title: (of: { count: number; name: string }) => string
    titleTomorrow: (of: { count: number; name: string }) => string
    none: (of: { name: string }) => string
    noneTomorrow: (of: { name: string }) => string
    heading: string
    choose: (of: { count: number }) => string
    chooseFromList: (of: { count: number }) => string
    listButton: string
    listSection: string
    nextPage: string
    nextPageHint: (of: { from: number; to: number }) => string
    page: (of: { from: number; to: number; count: number }) => string
    unreachable: string
    lastKnown: (of: { age: string }) => string
  }
  order: {
    next: string
    noNext: (of: { name: string }) => string
    customer: string
    phone: string
    address: string
    window: string
    status: string
    items: string
    instructions: string
    notes: string
    map: string
    statusNames: Record<KnownStatus, string>
    whatNext: string
    notFound: (of: { ref: string }) => string
    notFoundUnnamed: string
    outOfRange: (of: { count: number }) => string
    which: string
  }
  confirm: {
    done: (of: { ref: string }) => string
    already: (of: { ref: string }) => string
    closed: (of: { ref: string; status: string }) => string
    ask: (of: { ref: string; customer: string }) => string
    askAgain: (of: { ref: string; customer: string }) => string
    leftAsIs: (of: { ref: string }) => string
    which: string
    nothingOpen: string
    rejected: (of: { ref: string }) => string
  }
  route: {
    /** `firstStop`: customer, address and window. */
    checkIn: (of: { name: string; count: number; firstStop: string }) => string
    reminder: (of: { name: string; count: number; firstStop: string }) => string
    ask: string
    askAgain: string
    /** Without a count while the order system can't be reached. */
    accepted: (of: { name: string; count: number }) => string
    nextStops: string
    alreadyAccepted: string
    askReason: (of: { name: string }) => string
    declined: (of: { name: string; reason: string }) => string
    alreadyDeclined: string
    undone: string
    restored: string
    nothingToUndo: string
    tooLateToUndo: string
    leftToDispatch: (of: { until: string }) => string
    rejected: string
  }
  buttons: {
    confirmOrder: string
    nextStop: string
    orders: string
    help: string
    yes: string
    no: string
    accept: string
    decline: string
    undo: string
    person: string
    details: string
  }
  talk: {
    greeting: (of: { name: string }) => string
    thanks: string
    help: string
    notUnderstood: string
    modelUnreachable: string
    nothingAsked: string
    tapClosed: string
    notAllowed: string
    apology: string
  }
  kinds: Record<SentenceKind, string>
  media: MediaReplies
  events: EventReplies
  people: PeopleReplies
  consent: ConsentReplies
  questions: QuestionReplies
  limits: LimitsReplies
  languages: LanguageReplies
  smallTalk: SmallTalkReplies
  status: StatusReplies
  stops: StopsReplies
  identity: { unknown: string; shareContact: string; locked: string; inactive: string; suspended: string }
}

/** Each language's name for itself. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', pt: 'Português', es: 'Español' }

export const REPLIES: Record<Language, Replies> = { en, pt, es }
