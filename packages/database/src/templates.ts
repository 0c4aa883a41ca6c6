import type { Pool } from './pool.ts'

export type TemplateStatus = { name: string; language: string; status: string }

/** The account's list of templates, whole: what is not in it counts as missing from now on. */
export async function noteTemplates(pool: Pool, list: readonly TemplateStatus[]): Promise<void> {
  await pool.query({
    name: 'note-templates',
    text: 'SELECT note_templates($1)',
    values: [JSON.stringify(list)],
  })
}
