import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { eventually } from '@waybill/test-kit'
import { z } from 'zod'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** The sandbox's stand-in for a model, as a process: what a willing model makes of everyday words. */
export async function startStandInModel(): Promise<AsyncDisposable & { env: Record<string, string> }> {
  const port = await freePort()
  const child = spawn(process.execPath, ['--conditions=@waybill/source', MAIN], {
    stdio: 'ignore',
    env: {
      PROFILE: 'sandbox',
      PORT: String(port),
      HOST: '127.0.0.1',
      LOG_LEVEL: 'silent',
      SANDBOX_WEBHOOK_URL: 'http://127.0.0.1:1/webhook',
      SANDBOX_MODEL_LATENCY_MS: '0',
      WHATSAPP_APP_SECRET: 'secret',
      WHATSAPP_VERIFY_TOKEN: 'token',
      WHATSAPP_ACCESS_TOKEN: 'token',
      WHATSAPP_PHONE_NUMBER_ID: '1',
      WHATSAPP_WABA_ID: '1',
      OPENROUTER_API_KEY: 'key',
      ORDERS_API_TOKEN: 'token',
    },
  })
  const url = `http://127.0.0.1:${port}`
  await eventually(
    async () => {
      const answer = await fetch(`${url}/openrouter/api/v1/models`, {
        headers: { authorization: 'Bearer key' },
      }).catch(() => undefined)
      return answer?.ok
    },
    { what: 'the stand-in model', timeoutMs: 15_000 },
  )
  return {
    env: { OPENROUTER_BASE_URL: `${url}/openrouter/api/v1`, OPENROUTER_API_KEY: 'key' },
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = z.object({ port: z.number() }).parse(server.address())
  server.close()
  await once(server, 'close')
  return port
}
