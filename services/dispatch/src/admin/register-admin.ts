import type { FastifyInstance } from 'fastify'
import { AdminError, authorize } from './authorize.ts'
import { type DeadLetterDeps, deadLetterRoutes } from './dead-letter-routes.ts'
import { type PeopleDeps, peopleRoutes } from './people-routes.ts'
import { questionRoutes } from './question-routes.ts'

type Deps = { token: string | undefined } & PeopleDeps & DeadLetterDeps

/**
 * What dispatchers and operators may do, below `/admin`: one file for each group of routes. Without a token there are
 * no routes at all.
 */
export async function registerAdmin(app: FastifyInstance, { token, ...deps }: Deps): Promise<void> {
  if (token === undefined) return
  await app.register(
    async (admin) => {
      admin.addHook('onRequest', authorize(token))
      admin.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
        const status = error instanceof AdminError ? error.status : (error.statusCode ?? 500)
        if (status >= 500)
          deps.log.error({ err: error, route: request.routeOptions.url }, 'an admin request failed')
        return reply.code(status).send({ error: status >= 500 ? 'something went wrong' : error.message })
      })
      peopleRoutes(admin, deps)
      questionRoutes(admin, deps)
      deadLetterRoutes(admin, deps)
    },
    { prefix: '/admin' },
  )
}
