import { otherOf } from '../languages/spoken-language.ts'
import { firstName } from '../replies/render-orders.ts'
import type { Answer, Question } from '../turns/answer-message.ts'
import { START_WORD, STOP_WORD } from '../understand/consent-words.ts'
import type { TranslateReplies } from './translate-reply.ts'

type AnswerQuestion = (question: Question) => Promise<Answer>

/** Answers in the driver's language where that is none of the catalogues'. */
export function inOtherLanguages(answer: AnswerQuestion, translate: TranslateReplies): AnswerQuestion {
  return async (question) => {
    const answered = await answer(question)
    const language = otherOf(answered.session)
    if (language === null) return answered
    const { book, driver, budget, ledger, signal } = question
    const orders = book.seen.flatMap((order) => [order.customer.name, order.address.line])
    const { note } = answered
    const told = [
      ...answered.replies,
      ...(note ? [note.message] : []),
      ...(note?.ifTold ? [note.ifTold] : []),
    ]
    const {
      replies: translated,
      outcome,
      call,
      guardrails = [],
    } = await translate(
      {
        language,
        replies: told,
        literals: [driver.name, firstName(driver.name), STOP_WORD, START_WORD, ...orders],
        permissions: driver.permissions,
        mayAsk: budget.modelCalls > 0,
      },
      signal,
    )
    if (call) {
      budget.modelCalls -= 1
      ledger.push(call)
    }
    const wasRefused = ['refused', 'blocked', 'unavailable'].includes(outcome)
    const replies = translated.slice(0, answered.replies.length)
    const [message, ifTold] = translated.slice(answered.replies.length)
    return {
      ...answered,
      replies,
      guardrails: [...(answered.guardrails ?? []), ...guardrails],
      note: note && message ? { ...note, message, ifTold } : note,
      audit: wasRefused
        ? [...answered.audit, { action: 'translation.left-out', detail: { language, why: outcome } }]
        : answered.audit,
    }
  }
}
