import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { applyFaults } from '../faults/apply-faults.ts'
import type { World } from '../world.ts'
import { OrderError } from './order-error.ts'
import { proofSchema } from './proofs.ts'
import type { Write } from './write-log.ts'

const OPERATIONS: Record<string, string> = {
  '/drivers/assignments/today': 'assignments.today',
  '/drivers/:driverId/orders/today': 'orders.today',
  '/drivers/:driverId/orders/next': 'orders.next',
  '/drivers/:driverId/orders/:orderId': 'orders.get',
  '/drivers/:driverId/orders/confirm': 'orders.confirm',
  '/drivers/:driverId/orders/:orderId/status': 'orders.status',
  '/drivers/:driverId/orders/:orderId/proofs': 'orders.proofs',
  '/drivers/:driverId/proofs/:proofId/files/:sha256': 'proofs.file',
  '/drivers/:driverId/routes/:date/accept': 'routes.accept',
  '/drivers/:driverId/routes/:date/decline': 'routes.decline',
}

const FILE_BYTES_MAX = 20 * 1024 * 1024

const dateSchema = z.iso.date()
const confirmSchema = z.strictObject({ order_ref: z.string().min(1) })
const reason = z.enum(['closed', 'wrong_address', 'refused', 'damaged', 'no_access', 'other'])
const told = { note: z.string().optional(), reported_at: z.iso.datetime().optional() }
const statusSchema = z.discriminatedUnion('status', [
  z.looseObject({ status: z.enum(['arrived', 'confirmed']), ...told }),
  z.looseObject({
    status: z.literal('delivered'),
    place: z.string().optional(),
    with: z.string().optional(),
    ...told,
  }),
  z.looseObject({ status: z.literal('failed'), reason: reason.optional(), ...told }),
  z.looseObject({
    status: z.literal('running_late'),
    minutes_late: z.number().int().positive().optional(),
    eta: z.iso.datetime().optional(),
    ...told,
  }),
])
export type StatusReport = z.output<typeof statusSchema>
const declineSchema = z.looseObject({ reason: z.string().min(1) })

type Driver = { Params: { driverId: string } }
type DriverOrder = { Params: { driverId: string; orderId: string } }
type DriverRoute = { Params: { driverId: string; date: string } }
type DriverFile = { Params: { driverId: string; proofId: string; sha256: string } }
type OnDate = { Querystring: { date?: string } }

/** The company's order system. Its shapes are in README.md. */
export async function orderRoutes(app: FastifyInstance, world: World): Promise<void> {
  const { orders } = world

  applyFaults(app, {
    upstream: 'orders',
    faults: world.faults,
    stats: world.stats,
    operationOf: ({ routeOptions }) =>
      OPERATIONS[routeOptions.url?.replace(app.prefix, '') ?? ''] ?? 'unknown',
    errorBody: ({ code, message }) => ({ error: { code: code ?? 'internal', message } }),
  })
  app.addHook('preHandler', async ({ headers }) => {
    if (headers.authorization !== `Bearer ${world.options.ordersApiToken}`) {
      throw new OrderError(401, 'unauthorized', 'send the token as Authorization: Bearer')
    }
  })
  app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    const { status, code } =
      error instanceof OrderError ? error : { status: error.statusCode ?? 500, code: 'invalid_request' }
    if (status >= 500) request.log.error({ err: error }, 'the sandbox failed')
    return reply.code(status).send({ error: { code, message: error.message } })
  })

  app.get<OnDate>('/drivers/assignments/today', async ({ query }) => ({
    assignments: orders.assignments(optionalDate(query.date)),
  }))
  app.get<Driver & OnDate>('/drivers/:driverId/orders/today', async ({ params, query }) =>
    orders.day(params.driverId, optionalDate(query.date)),
  )
  app.get<Driver>('/drivers/:driverId/orders/next', async ({ params }) => orders.next(params.driverId))
  app.get<DriverOrder>('/drivers/:driverId/orders/:orderId', async ({ params }) =>
    orders.find(params.driverId, params.orderId),
  )

  app.post<Driver>('/drivers/:driverId/orders/confirm', async (request, reply) => {
    const { driverId } = request.params
    const { order_ref } = parse(confirmSchema, request.body)
    return write(request, reply, { driverId, action: 'confirm' }, () => orders.confirm(driverId, order_ref))
  })
  app.post<DriverOrder>('/drivers/:driverId/orders/:orderId/status', async (request, reply) => {
    const { driverId, orderId } = request.params
    const to = parse(statusSchema, request.body)
    return write(request, reply, { driverId, action: 'status', orderId }, () =>
      orders.report(driverId, orderId, to),
    )
  })
  app.get<DriverOrder>('/drivers/:driverId/orders/:orderId/proofs', async ({ params }) =>
    orders.proofsOf(params.driverId, params.orderId),
  )
  app.post<DriverOrder>('/drivers/:driverId/orders/:orderId/proofs', async (request, reply) => {
    const { driverId, orderId } = request.params
    const proof = parse(proofSchema, request.body)
    return write(request, reply, { driverId, action: 'proof', orderId }, () =>
      orders.attachProof(driverId, orderId, proof),
    )
  })
  await app.register(async (raw) => {
    raw.addContentTypeParser(
      /^(?:image|application)\/(?!json)/,
      { parseAs: 'buffer', bodyLimit: FILE_BYTES_MAX },
      (_request, body, done) => done(null, body),
    )
    raw.put<DriverFile>('/drivers/:driverId/proofs/:proofId/files/:sha256', async (request, reply) => {
      const { body: bytes, headers, params } = request
      if (!Buffer.isBuffer(bytes)) throw new OrderError(400, 'invalid_request', 'send the bytes of the file')
      orders.putProofFile({ ...params, bytes, contentType: headers['content-type'] ?? '' })
      return reply.code(204).send()
    })
  })
  app.post<DriverRoute>('/drivers/:driverId/routes/:date/accept', async (request, reply) => {
    const { driverId, date } = request.params
    const day = parse(dateSchema, date)
    return write(request, reply, { driverId, action: 'accept' }, () =>
      orders.decide(driverId, day, { status: 'accepted' }),
    )
  })
  app.post<DriverRoute>('/drivers/:driverId/routes/:date/decline', async (request, reply) => {
    const { driverId, date } = request.params
    const day = parse(dateSchema, date)
    const { reason } = parse(declineSchema, request.body)
    return write(request, reply, { driverId, action: 'decline' }, () =>
      orders.decide(driverId, day, { status: 'declined', reason }),
    )
  })

  function write(
    request: FastifyRequest,
    reply: FastifyReply,
    entry: Pick<Write, 'driverId' | 'action' | 'orderId'>,
    act: () => unknown,
  ) {
    const header = request.headers['idempotency-key']
    const key = typeof header === 'string' ? header : undefined
    const fingerprint = `${request.method} ${request.url} ${JSON.stringify(request.body)}`
    const { status, body, isReplayed } = orders.keys.once(key, fingerprint, () => {
      const done = act()
      orders.log.add({ ...entry, idempotencyKey: key ?? null, body: request.body })
      return done
    })
    if (isReplayed) reply.header('idempotency-replayed', 'true')
    return reply.code(status).send(body)
  }
}

function optionalDate(date: string | undefined): string | undefined {
  return date === undefined ? undefined : parse(dateSchema, date)
}

function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new OrderError(400, 'invalid_request', z.prettifyError(parsed.error))
  return parsed.data
}
