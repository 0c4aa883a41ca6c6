import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { privateDir, reachableDir, serverAccount } from '../servers/account.ts'
import { supervise, type UnexpectedEnd } from '../servers/supervise.ts'

const NGINX_CONF = fileURLToPath(new URL('../../nginx/nginx.conf', import.meta.url))

type Options = {
  dir: string
  pidDir: string
  port: number
  onUnexpectedEnd?: ((end: UnexpectedEnd) => void) | undefined
  signal?: AbortSignal | undefined
}

/** The front door. It is ready once an ingress behind it is. */
export function nginx({ dir, pidDir, port, onUnexpectedEnd, signal }: Options) {
  const account = serverAccount()
  const home = reachableDir(join(dir, 'nginx'), account)
  rmSync(home, { recursive: true, force: true })
  privateDir(home, account)
  const conf = join(home, 'conf')
  mkdirSync(conf, { recursive: true })
  privateDir(join(home, 'logs'), account)
  copyFileSync(NGINX_CONF, join(conf, 'nginx.conf'))
  writeFileSync(join(conf, 'listen.conf'), `listen 127.0.0.1:${port};\n`)

  const url = `http://127.0.0.1:${port}`
  const supervised = supervise({
    command: {
      name: 'nginx',
      program: 'nginx',
      args: ['-p', home, '-c', 'conf/nginx.conf', '-e', 'logs/error.log'],
      env: {},
      cwd: home,
      logFile: join(dir, 'logs', 'nginx.log'),
      pidDir,
      account,
    },
    isReady: async () => (await fetch(`${url}/health`)).ok,
    onUnexpectedEnd,
    signal,
  })
  return Object.assign(supervised, {
    url,
    home,
    setUpstreams(ports: readonly number[]) {
      writeFileSync(join(conf, 'upstreams.conf'), upstreamsConf(ports))
      if (supervised.pid) process.kill(supervised.pid, 'SIGHUP')
    },
    async [Symbol.asyncDispose]() {
      await supervised.stop()
      if (!home.startsWith(dir)) rmSync(home, { recursive: true, force: true })
    },
  })
}

/**
 * An instance that fails often is left out for a second. Not sooner: a 503 is a failure too, and when the broker
 * stumbles, all of them would be left out although it is back.
 */
export function upstreamsConf(ports: readonly number[]): string {
  return ports.map((port) => `server 127.0.0.1:${port} max_fails=10 fail_timeout=1s;\n`).join('')
}
