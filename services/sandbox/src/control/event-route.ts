import type { FastifyInstance } from 'fastify'
import type { World } from '../world.ts'
import { ControlError } from './control-error.ts'

const LISTENERS_MAX = 200
const HEARTBEAT_MS = 15_000

/** What happens on the phones, as server-sent events; `?phone=` for one of them. They say that, not what: read it then. */
export function eventRoute(app: FastifyInstance, { events, whatsapp }: World): void {
  const open = new Set<() => void>()

  app.get<{ Querystring: { phone?: string } }>('/events', async ({ query }, reply) => {
    if (events.size >= LISTENERS_MAX) throw new ControlError('too many pages listen already: close some')
    const phone = query.phone === undefined ? undefined : whatsapp.people.findByPhone(query.phone)?.phone
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    reply.raw.write(': hello\n\n')
    const unsubscribe = events.subscribe((event) => {
      if (phone !== undefined && 'phone' in event && event.phone !== phone) return
      reply.raw.write(`data: ${JSON.stringify(event)}\n\n`)
    })
    const heartbeat = setInterval(() => reply.raw.write(': still here\n\n'), HEARTBEAT_MS)
    const end = () => reply.raw.end()
    open.add(end)
    reply.raw.once('close', () => {
      clearInterval(heartbeat)
      unsubscribe()
      open.delete(end)
    })
  })

  app.addHook('preClose', async () => {
    for (const end of open) end()
  })
}
