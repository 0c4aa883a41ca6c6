import type { Pool } from './pool.ts'

export type Work = 'messages' | 'replies' | 'broadcasts' | 'order-commands' | 'notices' | 'check-ins'
/** `oldestSeconds` is 0 when nothing waits. */
export type Backlog = { work: Work; waiting: number; oldestSeconds: number }

/** How much of each kind of work waits, and for how long. Held commands and notices do not wait, they are held. */
export async function readBacklog(pool: Pool): Promise<Backlog[]> {
  const { rows } = await pool.query<Backlog>({
    name: 'backlog',
    text: 'SELECT work, waiting::int, oldest_seconds AS "oldestSeconds" FROM backlog()',
  })
  return rows
}
