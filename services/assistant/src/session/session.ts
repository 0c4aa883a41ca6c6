import { z } from 'zod'

export const languageSchema = z.enum(['en', 'pt', 'es'])
export type Language = z.output<typeof languageSchema>

const orderIds = z.array(z.string()).max(200)

/** What a driver has said of a stop, before the order system is told. `note`: in the driver's own words. */
export const reportSchema = z.object({
  status: z.enum(['arrived', 'delivered', 'problem', 'running_late']),
  reason: z.enum(['closed', 'wrong_address', 'refused', 'damaged', 'no_access', 'other']).optional(),
  place: z.string().optional(),
  with: z.string().optional(),
  minutes: z.number().optional(),
  /** In ms. */
  eta: z.number().optional(),
  note: z.string().max(1_000).optional(),
})
export type Report = z.output<typeof reportSchema>

const pendingQuestionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('confirm-order'), orderId: z.string(), askedAt: z.number() }),
  z.object({
    kind: z.literal('which-order'),
    tool: z.enum(['get_order_details', 'confirm_order', 'attach_proof', 'report_status']),
    candidates: orderIds,
    /** What the driver reports of the one that is meant. */
    report: reportSchema.optional(),
    askedAt: z.number(),
  }),
  z.object({ kind: z.literal('confirm-all'), orderIds, date: z.string(), askedAt: z.number() }),
  /** Is this what has happened at the stop? */
  z.object({
    kind: z.literal('confirm-report'),
    orderId: z.string(),
    report: reportSchema,
    date: z.string(),
    askedAt: z.number(),
  }),
  /** Does the driver take the route of the day? */
  z.object({ kind: z.literal('check-in'), date: z.string(), askedAt: z.number() }),
  /** Why not? */
  z.object({ kind: z.literal('decline-reason'), date: z.string(), askedAt: z.number() }),
])

/** What the driver has said of a day's route. `held`: what can still be taken back, by id. */
const routeSchema = z.object({
  date: z.string(),
  decision: z.enum(['accepted', 'declined']),
  at: z.number(),
  held: z.array(z.string()),
  wasAccepted: z.boolean(),
})

/** The proof of delivery that was sent last; without an order while the driver is asked which one it is for. */
const proofSchema = z.object({
  id: z.string(),
  orderId: z.string().nullable(),
  /** The driver has said which order it is for. */
  isSure: z.boolean().default(false),
  date: z.string(),
  /** WhatsApp's time of its newest part. */
  sentAt: z.number(),
  photos: z.number(),
  documents: z.number(),
  hasLocation: z.boolean(),
  wamids: z.array(z.string()).max(100),
})

/** What a conversation remembers. Times in milliseconds, dates are the driver's local dates. */
export const sessionSchema = z.object({
  /** When it was left behind. */
  at: z.number(),
  /** The turn that left it behind: when the conversation knows a newer one, this session is stale. */
  turnId: z.string().nullable(),
  language: languageSchema.nullable(),
  /** What replies in `language` are translated into: a code of `languages/other-languages.ts`. */
  otherLanguage: z.string().nullable().default(null),
  /** The driver asked for it: no message in another language changes it. */
  isLanguageChosen: z.boolean().default(false),
  lastList: z.object({ orderIds, date: z.string(), at: z.number() }).nullable(),
  /** The one order that was spoken of last. */
  focus: z.object({ orderId: z.string(), date: z.string() }).nullable(),
  pendingQuestion: pendingQuestionSchema.nullable(),
  /** Confirmed here, whether or not the order system has heard of it. */
  confirmed: z.object({ date: z.string(), orderIds }).nullable(),
  /** Reported here today, whether or not the order system has heard of it. `held`: what can still be taken back. */
  reported: z
    .object({
      date: z.string(),
      reports: z
        .array(
          z.object({
            orderId: z.string(),
            status: z.enum(['arrived', 'delivered', 'problem']),
            at: z.number(),
            held: z.array(z.string()),
          }),
        )
        .max(200),
    })
    .nullable()
    .default(null),
  route: routeSchema.nullable().default(null),
  /** The start (ms) of the takeover that the driver has been told of. */
  toldOfTakeover: z.number().nullable().default(null),
  proof: proofSchema.nullable().default(null),
  /** Where the driver last said that he was, and when. */
  place: z.object({ latitude: z.number(), longitude: z.number(), at: z.number() }).nullable().default(null),
  recent: z.array(z.object({ driver: z.string(), assistant: z.string() })).max(6),
})

export type Session = z.output<typeof sessionSchema>
export type PendingQuestion = NonNullable<Session['pendingQuestion']>

export const EMPTY_SESSION: Session = {
  at: 0,
  turnId: null,
  language: null,
  otherLanguage: null,
  isLanguageChosen: false,
  lastList: null,
  focus: null,
  pendingQuestion: null,
  confirmed: null,
  reported: null,
  route: null,
  toldOfTakeover: null,
  proof: null,
  place: null,
  recent: [],
}

const SESSION_MS_MAX = 24 * 60 * 60_000

/** A day later only the language of a conversation still counts. */
export function sessionAt(now: number, session: Session | undefined): Session {
  if (!session) return EMPTY_SESSION
  return now - session.at < SESSION_MS_MAX ? session : keepingLanguage(session)
}

function keepingLanguage({ language, otherLanguage, isLanguageChosen }: Session): Session {
  return { ...EMPTY_SESSION, language, otherLanguage, isLanguageChosen }
}

/** `undefined` for anything that is no session: it counts as lost. */
export function parseSession(value: unknown): Session | undefined {
  return sessionSchema.safeParse(value).data
}
