import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, it } from '@jest/globals'
import type { PendingNotice } from '@waybill/database'
import { type Stuck, startStuckServer } from '@waybill/test-kit'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { postWebhook } from '../src/post-webhook.ts'
import { sendEmail } from '../src/send-email.ts'

const notice: PendingNotice = {
  ...{ id: '0197', kind: 'help', priority: 'high', text: 'wants to talk', reason: null },
  ...{ driverId: 'driver-johan', driverName: 'Johan', told: [], attempts: 1 },
}
const deps = { timeoutMs: 200, registry: new Registry(), log: pino({ level: 'silent' }) }

it.each<Stuck>(['silent', 'halfway', 'endless'])('hangs up on a webhook that is %s', async (how) => {
  await using server = await startStuckServer(how)
  using webhook = postWebhook({ url: server.url, token: undefined, ...deps })
  const telling = webhook.tell(notice).catch(() => 'failed')
  await expect(server.hungUp).resolves.toBeUndefined()
  await telling
})

it('hangs up on a mail server that has not taken a mail at the deadline', async () => {
  const hungUp = Promise.withResolvers<void>()
  // It never comes to the end of its second answer, and the line is never idle.
  const server = createServer((socket) => {
    socket.write('220 mail.test\r\n')
    socket.on('error', () => {})
    socket.once('data', () => {
      const talking = setInterval(() => socket.write('250-wait\r\n'), 20)
      socket.on('close', () => {
        clearInterval(talking)
        hungUp.resolve()
      })
    })
  }).unref()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const smtpUrl = `smtp://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  using mail = sendEmail({ smtpUrl, from: 'a@example.com', to: 'b@example.com', ...deps })
  await expect(mail.tell(notice)).rejects.toMatchObject({ reason: 'timeout' })
  await hungUp.promise
})
