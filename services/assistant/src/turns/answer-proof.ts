import type { ProofPart } from '@waybill/database'
import { type MediaApi, MediaError } from '@waybill/whatsapp'
import type { ObjectStore } from '../media/object-store.ts'
import { PROOF_OPEN_MS } from '../tools/attach-proof.ts'
import type { ToolContext, ToolResult } from '../tools/tool.ts'
import type { DriverInput } from '../understand/read-message.ts'
import type { Answer, Question } from './answer-message.ts'
import { answerOf, contextOf } from './answer-without-words.ts'
import { saying } from './carry-out.ts'
import { keepProof } from './keep-proof.ts'
import { ATTEMPTS_MAX } from './turn-deps.ts'

export type ProofDeps = {
  media: MediaApi
  objects: Pick<ObjectStore, 'put'>
  answerWords: (question: Question) => Promise<Answer>
}
export type QuotedOrders = readonly string[] | undefined
type FileInput = DriverInput & { kind: 'file' }
type LocationInput = DriverInput & { kind: 'location' }
type Unkept = 'gone' | 'tooLarge' | 'wrongType' | 'unavailable'

// WhatsApp takes images up to 5 MB and documents up to 100 MB: a delivery note is smaller.
const BYTES_MAX = { photo: 5 * 1024 * 1024, document: 10 * 1024 * 1024 } as const
const CONTENT_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/heic', 'application/pdf']
/** What follows so soon was sent along with what has been answered already. */
const STRAGGLER_MS = 15_000

/** A photo or a document is proof of delivery. Its caption is the driver's words. */
export async function answerFile(
  file: FileInput,
  question: Question,
  { quotedOrderIds, ...deps }: ProofDeps & { quotedOrderIds: QuotedOrders },
): Promise<Answer> {
  const { session } = question
  const { say } = contextOf(question)
  if (session.pendingQuestion?.kind === 'decline-reason') {
    // Why somebody can't drive: what counts is what he writes.
    if (file.caption !== undefined) return deps.answerWords(asWords(question, file.caption))
    return answerOf(
      question,
      file.as,
      saying(say.kinds[file.as === 'photo' ? 'image' : 'document'], 'no proof'),
    )
  }
  const part = await keepFile(file, question, deps)
  if (typeof part === 'string') {
    return answerOf(question, file.as, saying(say.media.proof[part], `could not keep a ${file.as}: ${part}`))
  }
  const sent = { part, caption: file.caption, quotedOrderIds }
  const answer = await answerPart(sent, question)
  if (file.caption === undefined) return answer
  const asked = answer.session.pendingQuestion
  const words = await deps.answerWords({
    ...asWords({ ...question, session: answer.session }, file.caption),
    isCaption: true,
  })
  return {
    ...words,
    note: answer.note,
    proofs: answer.proofs ?? [],
    audit: [...answer.audit, ...words.audit],
    session: { ...words.session, pendingQuestion: words.session.pendingQuestion ?? asked },
  }
}

/** A location is proof when there is something to prove; if not, `undefined`. */
export async function answerLocation(
  { latitude, longitude }: LocationInput,
  question: Question,
  quotedOrderIds: QuotedOrders,
): Promise<Answer | undefined> {
  const { message, session } = question
  const { pendingQuestion, proof } = session
  const isAwaited = pendingQuestion?.kind === 'which-order' && pendingQuestion.tool === 'attach_proof'
  const { today } = contextOf(question)
  const follows = proof?.date === today && Math.abs(message.sentAt - proof.sentAt) <= PROOF_OPEN_MS
  if (!isAwaited && !follows && quotedOrderIds?.length !== 1) return undefined
  const { wamid, sentAt } = message
  const part = { kind: 'location', wamid, sentAt, latitude, longitude } as const
  return answerPart({ part, quotedOrderIds }, question)
}

async function answerPart(sent: Parameters<typeof keepProof>[0], question: Question): Promise<Answer> {
  const { part } = sent
  const context = contextOf(question)
  const result = await keepProof(sent, context)
  const answer = answerOf(question, part.kind, result)
  const [message] = result.replies
  const [proof] = result.proofs ?? []
  if (!message || !proof) return answer
  return {
    ...answer,
    replies: [],
    note: {
      about: proof.id,
      message,
      ifTold: straggles(part, proof, context) ? thumb(part.wamid) : undefined,
    },
  }
}

/** The rest of an album that arrives after its answer is not worth another one. */
function straggles(
  part: ProofPart,
  { id, orderId }: NonNullable<ToolResult['proofs']>[number],
  { session: { proof } }: ToolContext,
): boolean {
  const isSame = proof?.id === id && proof.orderId !== null && proof.orderId === orderId
  return isSame && part.kind !== 'location' && Math.abs(part.sentAt - proof.sentAt) <= STRAGGLER_MS
}

const thumb = (wamid: string) => ({ type: 'reaction', reaction: { message_id: wamid, emoji: '👍' } }) as const

/** In the store before it is on record: a crash in between leaves an object that nobody misses. */
async function keepFile(
  { as: kind, medium, caption }: FileInput,
  { message, signal }: Question,
  { media, objects }: ProofDeps,
): Promise<ProofPart | Unkept> {
  const { wamid, sentAt, attempts } = message
  try {
    const file = await media.download(
      { ...medium, bytesMax: BYTES_MAX[kind], contentTypes: CONTENT_TYPES },
      signal,
    )
    const objectKey = await objects.put(file, signal)
    const { sha256, contentType } = file
    const sizeBytes = file.bytes.byteLength
    return { kind, wamid, sentAt, sha256, contentType, sizeBytes, objectKey, caption }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof MediaError) return unkeptFor(error)
    if (attempts >= ATTEMPTS_MAX) return 'unavailable'
    throw error
  }
}

function unkeptFor({ reason }: MediaError): Unkept {
  if (reason === 'too-large') return 'tooLarge'
  return reason === 'wrong-type' ? 'wrongType' : 'gone'
}

export function asWords(question: Question, text: string): Question {
  return { ...question, message: { ...question.message, kind: 'text', body: { text: { body: text } } } }
}
