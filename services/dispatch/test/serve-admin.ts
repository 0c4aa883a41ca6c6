import { randomUUID } from 'node:crypto'
import { createRegistry, logName, type OpsServer, startOpsServer } from '@waybill/service-kit'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { registerAdmin } from '../src/admin/register-admin.ts'

type Deps = Parameters<typeof registerAdmin>[1]
type Given = Pick<Deps, 'pool' | 'messaging'> &
  Partial<Pick<Deps, 'token' | 'identity'>> & { watch?: (app: FastifyInstance) => void }

export const TOKEN = 'a-token-of-thirty-two-characters-'
export const LOG_KEY = 'key'

/** The API for dispatchers, alone. `watch` sees the app before its routes. */
export function serveAdmin({ watch, ...given }: Given): Promise<OpsServer> {
  const registry = createRegistry({ service: 'dispatch', instance: randomUUID() })
  return startOpsServer({
    ...{ host: '127.0.0.1', port: 0, isReady: () => true, registry },
    register: (app) => {
      watch?.(app)
      return registerAdmin(app, {
        ...{ token: TOKEN, identity: undefined, registry, log: pino({ level: 'silent' }) },
        ...{ nameOf: (id: string) => logName(LOG_KEY, id), ...given },
      })
    },
  })
}
