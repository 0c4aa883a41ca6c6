import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

export type MailServer = AsyncDisposable & { url: string; received: string[] }

/** As much of SMTP (RFC 5321) as it takes to be sent mail. */
export async function startMailServer(): Promise<MailServer> {
  const received: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    const say = (line: string) => socket.write(`${line}\r\n`)
    let mail: string[] | undefined
    say('220 mail.test')
    createInterface({ input: socket }).on('line', (line) => {
      if (mail && line === '.') {
        received.push(mail.join('\n'))
        mail = undefined
        say('250 taken')
      } else if (mail) mail.push(line)
      else if (/^DATA/i.test(line)) {
        mail = []
        say('354 go ahead')
      } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n')
      else say('250 ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    url: `smtp://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    received,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
