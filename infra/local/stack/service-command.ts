import { join } from 'node:path'
import type { Command } from '../servers/child-process.ts'
import type { ServiceName } from './services.ts'

type Options = {
  /** Whose code runs. */
  checkout: string
  service: ServiceName
  instance: string
  port: number
  dir: string
  pidDir: string
  env: Readonly<Record<string, string>>
}

/** A service straight from its TypeScript, on the Node that runs us, with nothing of our environment. */
export function serviceCommand({ checkout, service, instance, port, dir, pidDir, env }: Options): Command {
  const { NODE_EXTRA_CA_CERTS } = process.env // of the way out, to real accounts
  return {
    name: instance,
    program: process.execPath,
    args: [
      '--conditions=@waybill/source',
      '--disable-warning=ExperimentalWarning',
      join(checkout, 'services', service, 'src/main.ts'),
    ],
    env: {
      NODE_COMPILE_CACHE: join(checkout, 'node_modules/.cache/waybill'),
      ...(NODE_EXTRA_CA_CERTS === undefined ? {} : { NODE_EXTRA_CA_CERTS }),
      INSTANCE: instance,
      HOST: '127.0.0.1',
      PORT: String(port),
      ...env,
    },
    cwd: checkout,
    logFile: join(dir, 'logs', `${instance}.log`),
    pidDir,
  }
}
