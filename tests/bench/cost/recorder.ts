import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { z } from 'zod'
import { type Prompt, promptSchema, tokensOfAnswer } from './count-tokens.ts'

/** What the assistant asked a model, and how long the answer was. */
export type Asked = { at: number; prompt: Prompt; answerTokens: number }

const chatSchema = promptSchema.extend({ user: z.string() })

/** In front of OpenRouter: passes everything on, and keeps what was asked. `atOf`: what time of the day it is for a user. */
export async function startRecorder(atOf: (user: string) => number) {
  const asked: Asked[] = []
  let upstream = ''

  async function passOn(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const body = await buffer(request)
    const answer = await fetch(`${upstream}${request.url}`, {
      method: request.method ?? 'GET',
      headers: {
        authorization: request.headers.authorization ?? '',
        'content-type': request.headers['content-type'] ?? '',
      },
      ...(body.length > 0 ? { body } : {}),
    })
    const text = await answer.text()
    if (answer.ok && request.url?.endsWith('/chat/completions')) {
      const { user, ...prompt } = chatSchema.parse(JSON.parse(body.toString()))
      asked.push({ at: atOf(user), prompt, answerTokens: tokensOfAnswer(JSON.parse(text)) })
    }
    reply.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(text)
  }

  const server = createServer((request, reply) => {
    // The assistant takes it for a model that is away, and its turn for what it is without one.
    passOn(request, reply).catch(() => reply.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = z.object({ port: z.number() }).parse(server.address())

  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    /** Where everything goes; before any of it is asked. */
    passOnTo(url: string) {
      upstream = url
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
