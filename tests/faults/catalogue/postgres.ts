import { setTimeout as delay } from 'node:timers/promises'
import { again, type Fault } from './fault.ts'

const CUT_MS = 2_000

export const POSTGRES_FAULTS: readonly Fault[] = [
  {
    name: 'crash-postgres',
    what: 'PostgreSQL crashes, and recovers',
    async inject({ servers }, { step, holdMs }) {
      step('kill -QUIT postgres')
      await servers.kill('postgres', 'SIGQUIT')
      await delay(holdMs)
      await servers.restart('postgres')
    },
  },
  {
    name: 'cut-postgres',
    what: 'all sessions of PostgreSQL are ended, again and again',
    inject: ({ pool }, injection) =>
      again(CUT_MS, injection, () => {
        injection.step('pg_terminate_backend')
        return pool.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE backend_type = 'client backend' AND application_name <> current_setting('application_name')`,
        )
      }),
  },
  {
    name: 'hang-postgres',
    what: 'PostgreSQL is there, and says nothing',
    async inject({ lines }, { step, holdMs }) {
      step('silence PostgreSQL')
      lines.postgres.set({ dropUp: true, dropDown: true })
      await delay(holdMs)
      lines.postgres.set({})
    },
  },
  {
    name: 'slow-postgres',
    what: 'PostgreSQL answers 20 to 40 ms late',
    async inject({ lines }, { step, holdMs }) {
      step('slow the line to PostgreSQL')
      lines.postgres.set({ latencyMs: 20, jitterMs: 20 })
      await delay(holdMs)
      lines.postgres.set({})
    },
  },
]
