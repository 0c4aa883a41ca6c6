import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

// connection.blocked and connection.unblocked of AMQP 0-9-1: method frames on channel 0, class 10, methods 60 and 61.
const blocked = (reason: string) => {
  const payload = Buffer.concat([
    Buffer.from([0, 10, 0, 60, Buffer.byteLength(reason)]),
    Buffer.from(reason, 'utf8'),
  ])
  const head = Buffer.from([1, 0, 0, 0, 0, 0, payload.length])
  return Buffer.concat([head, payload, Buffer.from([0xce])])
}
const UNBLOCKED = Buffer.from([1, 0, 0, 0, 0, 0, 4, 0, 10, 0, 61, 0xce])

/**
 * Says to the client what a broker in alarm says. A real alarm would stop every other test on the same broker. Use it
 * while nothing else is on the line, between two frames.
 */
export async function startBlockingProxy(targetUrl: string) {
  const target = new URL(targetUrl)
  const clients = new Set<Socket>()
  const proxy = createServer((client) => {
    const server = connect(Number(target.port), target.hostname)
    clients.add(client)
    client.on('error', () => {}).on('close', () => server.destroy())
    server.on('error', () => {}).on('close', () => client.destroy())
    client.pipe(server)
    server.pipe(client)
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  const address = proxy.address()
  const url = new URL(targetUrl)
  url.host = `127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`
  const say = (frame: Buffer) => {
    for (const client of clients) client.write(frame)
  }
  return {
    url: url.href,
    block: (reason: string) => say(blocked(reason)),
    unblock: () => say(UNBLOCKED),
    async [Symbol.asyncDispose]() {
      const closed = once(proxy.close(), 'close')
      for (const client of clients) client.destroy()
      await closed
    },
  }
}
