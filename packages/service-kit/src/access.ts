import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { isSameSecret } from './same-secret.ts'

/** Who may use a route. `handler`: everybody gets as far as the handler, which proves who it is before anything else. */
export type Access =
  | { by: 'token' }
  | { by: 'handler'; proof: string }
  | { by: 'network' }
  | { by: 'nothing'; because: string }

export type Guard = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

const BEARER = 'Bearer '
const accessOfGuard = new WeakMap<object, Access>()

class UnauthorizedError extends Error {
  override name = 'UnauthorizedError'
  readonly statusCode = 401
}

/** `onRequest` hooks, one of which every route has to have: what says who may use it is what sees to it. */
export const allow = {
  /** Whoever shows this bearer token; how long the answer takes says nothing of it. */
  token: (token: string) => allow.bearer(async (shown) => isSameSecret(shown, token)),
  /** Whoever shows a bearer token that the check knows. What the check throws is the answer. */
  bearer: (isKnown: (shown: string, request: FastifyRequest) => Promise<boolean>): Guard =>
    guard({ by: 'token' }, async (request, reply) => {
      const { authorization = '' } = request.headers
      if (authorization.startsWith(BEARER) && (await isKnown(authorization.slice(BEARER.length), request)))
        return
      reply.header('www-authenticate', 'Bearer')
      throw new UnauthorizedError('a bearer token is needed')
    }),
  /** Whoever the handler makes out, by a signature over the body for one. */
  provenBy: (proof: string) => guard({ by: 'handler', proof }),
  /** Whoever the network lets through: the front door passes none of it on. */
  network: () => guard({ by: 'network' }),
  everybody: (because: string) => guard({ by: 'nothing', because }),
}

/** For every route of a scope. */
export function guardRoutes(scope: FastifyInstance, it: Guard): void {
  scope.addHook('onRoute', (route) => {
    route.onRequest = [it, ...[route.onRequest ?? []].flat()]
  })
}

export function accessOf({ onRequest }: RouteOptions): Access | undefined {
  return [onRequest ?? []].flat().flatMap((hook) => accessOfGuard.get(hook) ?? [])[0]
}

function guard(access: Access, check: Guard = async () => {}): Guard {
  // Its own function each: two that share one would share what is known of it.
  const hook: Guard = (request, reply) => check(request, reply)
  accessOfGuard.set(hook, access)
  return hook
}
