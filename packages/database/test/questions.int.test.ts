import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import { answerQuestion, type FaqLanguage, findAnswers, unansweredQuestions } from '../src/questions.ts'

const HOME = {
  title: 'What if nobody is home?',
  phrases: ['nobody answers the door'],
  answer: 'Wait five minutes.',
}
const BREAK = {
  title: 'When do I take my break?',
  phrases: ['lunch break'],
  answer: 'After four and a half hours.',
}
const CASA = {
  title: 'E se não tiver ninguém em casa?',
  phrases: ['ninguém atende a porta'],
  answer: 'Espere.',
}
const NADIE = { title: '¿Y si no hay nadie en casa?', phrases: ['nadie abre la puerta'], answer: 'Espera.' }
const SCORE_MIN = 0.4

let database: Awaited<ReturnType<typeof freshDatabase>>
let pool: pg.Pool
const load = (language: FaqLanguage, entries: object[]) =>
  pool.query('SELECT load_faq($1, $2)', [language, JSON.stringify(entries)])
const best = async (language: FaqLanguage, question: string, before = '') => {
  const [found] = await findAnswers(pool, { language, question, before })
  return found && found.score >= SCORE_MIN ? found.title : undefined
}

beforeAll(async () => {
  database = await freshDatabase()
  pool = new pg.Pool({ connectionString: database.url })
  await load('en', [HOME, BREAK])
  await load('pt', [CASA])
  await load('es', [NADIE])
})
afterAll(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})

describe('the FAQ', () => {
  it.each<[FaqLanguage, string, string | undefined]>([
    ['en', 'what if nobody is home', HOME.title],
    ['en', 'what if nobodys at home?', HOME.title],
    ['en', 'nobody is answering the door', HOME.title],
    ['en', 'when is my lunch break', BREAK.title],
    ['en', 'can i take breaks', BREAK.title],
    ['en', 'who is the president', undefined],
    ['en', 'where can I buy a house', undefined],
    ['en', '', undefined],
    ['pt', 'e se nao tiver ninguem em casa', CASA.title],
    ['pt', 'ninguem atendeu a porta', CASA.title],
    ['pt', 'nobody is home', undefined],
    ['es', 'que hago si no hay nadie en casa', NADIE.title],
    ['es', 'nadie me abrió la puerta', NADIE.title],
  ])('%s: %s → %s', async (language, question, title) => {
    expect(await best(language, question)).toBe(title)
  })

  it('takes what was said before into account, but never answers that instead', async () => {
    expect(await best('en', 'how many minutes?')).toBeUndefined()
    expect(await best('en', 'how many minutes?', 'nobody answers the door')).toBe(HOME.title)
    expect(await best('en', 'who is the president?', 'nobody answers the door')).toBeUndefined()
  })

  it('is loaded as often as one likes, and what is no longer in the file goes', async () => {
    await load('en', [HOME, BREAK])
    await load('en', [{ ...HOME, answer: 'Wait ten minutes.' }])
    expect(
      (await findAnswers(pool, { language: 'en', question: 'nobody is home', before: '' }))[0]?.answer,
    ).toBe('Wait ten minutes.')
    expect(await best('en', 'lunch break')).toBeUndefined()
    await load('en', [HOME, BREAK])
  })
})

describe('what nobody could answer', () => {
  const ask = (question: string, driver: string, language = 'en') =>
    pool.query(`INSERT INTO audit (action, driver_id, detail) VALUES ('question.unanswered', $1, $2)`, [
      driver,
      JSON.stringify({ question, language, about: 'policy' }),
    ])

  it('is counted, answered once, and found from then on; the files leave it alone', async () => {
    await ask('may i bring my dog', 'a')
    await ask('may i bring my dog', 'b')
    await ask('may i bring my dog', 'b')
    await ask('is there coffee', 'a')
    const [dog, coffee] = await unansweredQuestions(pool, 10)
    expect([dog, coffee]).toMatchObject([
      { question: 'may i bring my dog', language: 'en', times: 3, drivers: 2 },
      { question: 'is there coffee', times: 1 },
    ])
    const entry = { title: undefined, answer: 'No, sorry.', by: 'Ana' }
    expect(await answerQuestion(pool, dog?.id ?? '', entry)).toEqual(expect.any(String))
    expect(await answerQuestion(pool, dog?.id ?? '', entry)).toBeUndefined()
    await load('en', [HOME, BREAK])
    expect(await best('en', 'can I bring my dog?')).toBe('may i bring my dog')
    expect(await unansweredQuestions(pool, 10)).toMatchObject([{ question: 'is there coffee' }])
    const { rows } = await pool.query(`SELECT detail FROM audit WHERE action = 'faq.answered'`)
    expect(rows).toMatchObject([{ detail: { by: 'Ana', question: 'may i bring my dog', times: 3 } }])
  })

  it('may have a title of its own, and gathers ways to ask under it', async () => {
    await ask('is there tea', 'a')
    for (const { id } of await unansweredQuestions(pool, 10)) {
      await answerQuestion(pool, id, { title: 'Drinks at the depot', answer: 'In the kitchen.', by: 'Ana' })
    }
    expect(await best('en', 'coffee?')).toBe('Drinks at the depot')
    expect(await best('en', 'tea?')).toBe('Drinks at the depot')
  })
})
