import type { FastifyInstance, FastifyRequest } from 'fastify'
import { applyFaults } from '../faults/apply-faults.ts'
import type { World } from '../world.ts'
import { accountRoutes } from './account-routes.ts'
import { GraphError, graphErrorBody, unknownObject } from './graph-error.ts'
import { VERSION, type WithId } from './graph-path.ts'
import { mediaRoutes } from './media-routes.ts'
import { isRecord } from './outbound-schema.ts'
import { markRead, sendMessage } from './send-message.ts'

/** The Cloud API: https://developers.facebook.com/documentation/business-messaging/whatsapp/reference */
export async function whatsappRoutes(app: FastifyInstance, world: World): Promise<void> {
  const { business, accessToken } = world.options
  applyFaults(app, {
    upstream: 'whatsapp',
    faults: world.faults,
    stats: world.stats,
    operationOf,
    errorBody: ({ status, code, message }) => ({
      error: {
        message,
        type: 'OAuthException',
        code: code ?? (status >= 500 ? 131000 : 100),
        fbtrace_id: 'Asandbox',
      },
    }),
  })

  app.addHook('preHandler', async ({ headers }) => {
    if (headers.authorization === undefined) throw new GraphError(104)
    if (headers.authorization !== `Bearer ${accessToken}`) throw new GraphError(190)
  })

  app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    if (error instanceof GraphError) {
      world.stats.refuse(error.code)
      return reply.code(error.status).send(graphErrorBody(error))
    }
    if (error.statusCode === undefined || error.statusCode >= 500) {
      request.log.error({ err: error }, 'the sandbox failed')
      return reply.code(500).send(graphErrorBody(new GraphError(131000)))
    }
    return reply.code(400).send(graphErrorBody(new GraphError(100, error.message)))
  })

  app.post<WithId>(`${VERSION}/:id/messages`, async ({ params, body, method }) => {
    if (params.id !== business.phoneNumberId) throw unknownObject(params.id, method)
    if (isRecord(body) && body.status !== undefined) return markRead(world.whatsapp, body)
    return sendMessage({ ...world.whatsapp, now: world.now }, body)
  })
  await mediaRoutes(app, world)
  accountRoutes(app, world)
}

function operationOf({ method, body, routeOptions }: FastifyRequest): string {
  const { url = 'unknown' } = routeOptions
  if (url.endsWith('/messages'))
    return isRecord(body) && body.status !== undefined ? 'messages.read' : 'messages.send'
  return `${method} ${url.replace(VERSION, '')}`
}
