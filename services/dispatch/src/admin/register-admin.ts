import { isRefusedData } from '@waybill/database'
import { allow, guardRoutes } from '@waybill/service-kit'
import type { FastifyInstance } from 'fastify'
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
      guardRoutes(admin, allow.token(token))
      admin.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
        const isUnstorable: boolean = isRefusedData(error)
        const status = isUnstorable ? 400 : (error.statusCode ?? 500)
        if (status >= 500)
          deps.log.error({ err: error, route: request.routeOptions.url }, 'an admin request failed')
        // What PostgreSQL says quotes what it was given.
        const sentence = isUnstorable ? 'something in it can not be stored' : error.message
        return reply.code(status).send({ error: status >= 500 ? 'something went wrong' : sentence })
      })
      peopleRoutes(admin, deps)
      questionRoutes(admin, deps)
      deadLetterRoutes(admin, deps)
    },
    { prefix: '/admin' },
  )
}
