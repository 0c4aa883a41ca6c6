import type { Pool } from './pool.ts'

export type FaqLanguage = 'en' | 'pt' | 'es'

/** An entry that may answer a question. `score` 0 to 1. */
export type FaqAnswer = { id: string; title: string; answer: string; score: number }

/** What the FAQ has on a question, best first. `before`: what the driver said before it. */
export async function findAnswers(
  pool: Pool,
  asked: { language: FaqLanguage; question: string; before: string },
): Promise<FaqAnswer[]> {
  const { rows } = await pool.query<FaqAnswer>({
    name: 'find-answers',
    text: 'SELECT id, title, answer, score FROM find_answers($1, $2, $3, 3)',
    values: [asked.language, asked.question, asked.before],
  })
  return rows
}

export type UnansweredQuestion = {
  id: string
  language: FaqLanguage
  /** Without names and numbers. */
  question: string
  about: string | null
  times: number
  drivers: number
  firstAt: Date
  lastAt: Date
}

/** What nobody could answer, what is asked most first. */
export async function unansweredQuestions(pool: Pool, limit: number): Promise<UnansweredQuestion[]> {
  const { rows } = await pool.query<UnansweredQuestion>({
    name: 'unanswered-questions',
    text: `SELECT id, language, question, about, times, drivers, first_at AS "firstAt", last_at AS "lastAt"
           FROM unanswered_questions ORDER BY times DESC, last_at DESC LIMIT $1`,
    values: [limit],
  })
  return rows
}

/** Makes an entry of a question that nobody could answer. `undefined`: no such question is open. */
export async function answerQuestion(
  pool: Pool,
  questionId: string,
  entry: { title: string | undefined; answer: string; by: string },
): Promise<string | undefined> {
  const { rows } = await pool.query<{ id: string | null }>({
    name: 'answer-question',
    text: 'SELECT answer_question($1, $2, $3, $4) AS id',
    values: [questionId, entry.title, entry.answer, entry.by],
  })
  return rows[0]?.id ?? undefined
}
