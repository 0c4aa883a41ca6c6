import { allow, guardRoutes } from '@waybill/service-kit'
import type { FastifyInstance } from 'fastify'
import { controlRoutes } from './control/routes.ts'
import { openrouterRoutes } from './openrouter/routes.ts'
import { dispatchRoutes } from './orders/dispatch-routes.ts'
import { orderRoutes } from './orders/routes.ts'
import { pageRoutes } from './page/routes.ts'
import { whatsappRoutes } from './whatsapp/routes.ts'
import type { World } from './world.ts'

/** Each part of the outside world under its own path, with its own errors and faults. */
export async function registerSandbox(app: FastifyInstance, world: World): Promise<void> {
  guardRoutes(app, allow.everybody('for development: nothing in it is real'))
  await app.register((scope) => whatsappRoutes(scope, world))
  await app.register((scope) => openrouterRoutes(scope, world), { prefix: '/openrouter/api/v1' })
  await app.register((scope) => orderRoutes(scope, world), { prefix: '/orders' })
  await app.register((scope) => dispatchRoutes(scope, world), { prefix: '/dispatch' })
  await app.register((scope) => controlRoutes(scope, world), { prefix: '/sandbox' })
  await app.register((scope) => pageRoutes(scope))
}
