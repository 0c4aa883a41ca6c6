import type { TestStack } from '../fresh-stack.ts'
import { sandboxAt } from '../sandbox.ts'
import { inventedIn } from './grounding.ts'

type Row = { phone: string; timeZone: string; said: string; replies: { at: string; message: unknown }[] }

/**
 * What the replies of a whole stack say that stands nowhere: neither in the driver's orders as they are at the end,
 * nor in anything that the driver has written. Of drivers whom the company knows.
 */
export async function inventedOn({ pool, stack }: TestStack): Promise<string[]> {
  const sandbox = sandboxAt(stack.description.urls.sandbox)
  const { rows } = await pool.query<Row>(`
    SELECT p.value AS phone, d.time_zone AS "timeZone",
      (SELECT coalesce(string_agg(i.body::text, ' '), '') FROM inbound i WHERE i.conversation_id = c.id) AS said,
      (SELECT jsonb_agg(jsonb_build_object('at', o.created_at, 'message', o.message)) FROM outbound o WHERE o.conversation_id = c.id) AS replies
    FROM conversations c
    JOIN identities p ON p.kind = 'phone' AND p.value = c.phone
    JOIN drivers d ON d.id = p.driver_id
    WHERE EXISTS (SELECT 1 FROM outbound o WHERE o.conversation_id = c.id)`)
  const found = await Promise.all(
    rows.map(async ({ phone, timeZone, said, replies }) => {
      const { today, tomorrow } = await sandbox.ordersOf(phone)
      const orders = [...today, ...tomorrow]
      return replies.flatMap(({ at, message }) => {
        const ground = { orders, timeZone, at: Date.parse(at), words: [said] }
        return textsIn(message).flatMap((text) =>
          inventedIn(text, ground).map((it) => `${phone}: ${it} in ${JSON.stringify(text)}`),
        )
      })
    }),
  )
  return found.flat()
}

/** What a driver reads of a message: bodies, titles and descriptions, and the parameters of templates. */
function textsIn(message: unknown): string[] {
  if (typeof message !== 'object' || message === null) return []
  return Object.entries(message).flatMap(([key, value]) => {
    if (typeof value === 'string')
      return ['body', 'text', 'title', 'description'].includes(key) ? [value] : []
    return textsIn(value)
  })
}
