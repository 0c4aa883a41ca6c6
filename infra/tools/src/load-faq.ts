import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { readFaq } from './faq-file.ts'

const LANGUAGES = ['en', 'pt', 'es']
const CONNECT_MS_MAX = 10_000

/**
 * Brings the FAQ of a folder (`en.md`, `pt.md`, `es.md`) into the database, all of it or nothing. What is no longer in
 * the files goes; what dispatchers have answered stays. Returns how many questions there are.
 */
export async function loadFaq(databaseUrl: string, dir: string): Promise<number> {
  const languages = LANGUAGES.filter((language) => existsSync(join(dir, `${language}.md`)))
  if (languages.length === 0) throw new Error(`${dir} has neither en.md nor pt.md nor es.md`)
  const files = languages.map((language) => ({
    language,
    entries: readFaq(readFileSync(join(dir, `${language}.md`), 'utf8'), `${language}.md`),
  }))
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_MS_MAX })
  await client.connect()
  try {
    await client.query('BEGIN')
    for (const { language, entries } of files) {
      await client.query('SELECT load_faq($1, $2)', [language, JSON.stringify(entries)])
    }
    await client.query('COMMIT')
  } finally {
    await client.end()
  }
  return files.reduce((sum, { entries }) => sum + entries.length, 0)
}
