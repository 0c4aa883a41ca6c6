import type {
  AuditEntry,
  Driver,
  FaqAnswer,
  NewNotice,
  OrderCommand,
  ProofRecord,
  TurnRecord,
} from '@waybill/database'
import type { OutboundMessage } from '@waybill/whatsapp'
import { z } from 'zod'
import type { OrderBook } from '../orders/order-book.ts'
import type { Replies } from '../replies/replies.ts'
import { type Language, languageSchema, type Session } from '../session/session.ts'

export type ToolContext = {
  /** From the verified sender, never from words or a model: the only driver whose orders can be reached. */
  readonly driver: Driver
  readonly language: Language
  readonly say: Replies
  readonly session: Session
  readonly book: OrderBook
  readonly now: number
  /** The driver's local date. */
  readonly today: string
  /** Sent too long ago, or before the question was asked: may not confirm anything. */
  readonly isLate: boolean
  /** The words are a transcript, which may have misheard. */
  readonly isHeard: boolean
  /** What the FAQ has on a question, best first. */
  readonly findAnswers: FindAnswers
  /** Since when (ms) the driver has been waiting for a person. */
  readonly waitingSince: number | undefined
  /** The words correct a message that has written something. */
  readonly isCorrection: boolean
  /** `fast`: a tap or a clear answer to what was asked. The others are readings of free words. */
  readonly source: 'fast' | 'model' | 'rules'
  /** As the driver wrote them; empty for taps. */
  readonly words: string
}

export type FindAnswers = (asked: {
  language: Language
  question: string
  before: string
}) => Promise<FaqAnswer[]>

/** What a tool may change in the session. A question that is not asked again is no longer open. */
export type Remember = Partial<
  Pick<
    Session,
    | 'language'
    | 'otherLanguage'
    | 'isLanguageChosen'
    | 'lastList'
    | 'focus'
    | 'pendingQuestion'
    | 'confirmed'
    | 'reported'
    | 'route'
    | 'proof'
    | 'place'
  >
>

/** What is new of a proof, and which of its parts the order system is to have now. */
export type ProofChange = ProofRecord & { passOn: readonly string[] }

export type ToolResult = {
  replies: OutboundMessage[]
  /** One line without personal data, for the next turns. */
  summary: string
  commands?: OrderCommand[]
  notices?: NewNotice[]
  /** Ids of held commands and notices that are taken back. */
  withdraws?: readonly string[]
  checkIn?: TurnRecord['checkIn']
  proofs?: readonly ProofChange[]
  /** On record besides the call of the tool. */
  audit?: readonly AuditEntry[]
  remember?: Remember
}

type ToolDefinition<Args extends z.ZodObject> = {
  name: string
  /** Read by the model. */
  description: string
  args: Args
  /** What a driver must have been given to use it. `undefined`: every active driver may. */
  permission: string | undefined
  /** `irreversible` is never done on words that are not clear. */
  tier: 'read' | 'reversible' | 'irreversible'
  run: (context: ToolContext, args: z.output<Args>) => Promise<ToolResult>
}

export type Tool = Readonly<Omit<ToolDefinition<z.ZodObject>, 'run'>> & {
  /** Checks arguments. `undefined` when they are not what the tool takes. */
  readonly bind: (args: unknown) => ((context: ToolContext) => Promise<ToolResult>) | undefined
}

export function defineTool<Args extends z.ZodObject>({ run, ...tool }: ToolDefinition<Args>): Tool {
  return {
    ...tool,
    bind(args) {
      const parsed = tool.args.safeParse(args)
      return parsed.success ? (context) => run(context, parsed.data) : undefined
    },
  }
}

/** Arguments of a tool: nothing but what is listed. No tool takes a driver. */
export function toolArgs<Shape extends z.core.$ZodShape>(shape: Shape) {
  return z.strictObject({
    ...shape,
    language: languageSchema.optional().describe("Language of the driver's message"),
  })
}

export const orderRef = z
  .string()
  .min(1)
  .max(100)
  .describe(
    'The order as the driver named it: its number ("12345"), its place in the last list ("2") or words of the customer\'s name ("tech corp"). Copy, never invent.',
  )
