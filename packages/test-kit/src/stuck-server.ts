import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** `silent`: takes a request and says nothing. `halfway`: begins its answer. `endless`: never stops talking. */
export type Stuck = 'silent' | 'halfway' | 'endless'
export type StuckServer = AsyncDisposable & {
  readonly url: string
  /** The first request is there. */
  readonly asked: Promise<void>
  /** Its connection was closed by whoever asked. */
  readonly hungUp: Promise<void>
}

/** An HTTP server that does not come to an end. */
export async function startStuckServer(how: Stuck): Promise<StuckServer> {
  const asked = Promise.withResolvers<void>()
  const hungUp = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    response.on('close', hungUp.resolve)
    buffer(request).then(() => {
      asked.resolve()
      if (how === 'silent') return
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"text":"')
      if (how === 'endless') talk(response)
    }, hungUp.resolve)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    asked: asked.promise,
    hungUp: hungUp.promise,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

function talk(response: ServerResponse): void {
  const more = () => {
    while (!response.destroyed && response.write('x'.repeat(16_384)));
  }
  response.on('drain', more)
  more()
}
