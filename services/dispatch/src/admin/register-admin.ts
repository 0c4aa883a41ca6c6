import { isRefusedData } from '@waybill/database'
import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import { AdminError } from './admin-error.ts'
import { type DeadLetterDeps, deadLetterRoutes } from './dead-letter-routes.ts'
import { type IdentityConfig, identityProvider } from './identity-provider.ts'
import { operators } from './operators.ts'
import { type PeopleDeps, peopleRoutes } from './people-routes.ts'
import { questionRoutes } from './question-routes.ts'

type Deps = PeopleDeps &
  DeadLetterDeps & { token: string | undefined; identity: IdentityConfig | undefined; registry: Registry }

/**
 * What dispatchers and operators may do, below `/admin`: one file for each group of routes. Without a token and without
 * somebody who vouches for people there are no routes at all.
 */
export async function registerAdmin(
  app: FastifyInstance,
  { token, identity, registry, ...deps }: Deps,
): Promise<void> {
  if (token === undefined && identity === undefined) return
  const provider = identity && identityProvider({ identity, registry, log: deps.log })
  app.addHook('onClose', async () => provider?.[Symbol.dispose]())
  await app.register(
    async (admin) => {
      const may = operators(admin, { token, personOf: provider?.personOf, log: deps.log })
      admin.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
        const isUnstorable: boolean = isRefusedData(error)
        const status = isUnstorable ? 400 : (error.statusCode ?? 500)
        const isTold = status < 500 || error instanceof AdminError
        if (!isTold)
          deps.log.error({ err: error, route: request.routeOptions.url }, 'an admin request failed')
        // What PostgreSQL says quotes what it was given.
        const sentence = isUnstorable ? 'something in it can not be stored' : error.message
        return reply.code(status).send({ error: isTold ? sentence : 'something went wrong' })
      })
      peopleRoutes(admin, may, deps)
      questionRoutes(admin, may, deps)
      deadLetterRoutes(admin, may, deps)
    },
    { prefix: '/admin' },
  )
}
