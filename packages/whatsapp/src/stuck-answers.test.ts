import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, it } from '@jest/globals'
import { type Stuck, startStuckServer } from '@waybill/test-kit'
import { textMessage } from './build-message.ts'
import { createCloudApi } from './cloud-api.ts'
import { listTemplates } from './list-templates.ts'
import { createMediaApi } from './media-api.ts'
import { mediaHosts } from './media-hosts.ts'

const account = { phoneNumberId: '1', wabaId: '2', accessToken: 'token' }
const request = { mediaId: '3', bytesMax: 1_000, contentTypes: ['image/jpeg'] }
const send = { to: { waId: '4' }, message: textMessage('hello'), callbackData: '5' }

const CALLS: readonly [string, (baseUrl: string, signal: AbortSignal) => Promise<unknown>][] = [
  ['send', (baseUrl, signal) => createCloudApi({ ...account, baseUrl }).send(send, signal)],
  [
    'markRead',
    (baseUrl, signal) =>
      createCloudApi({ ...account, baseUrl }).markRead({ wamid: '6', showTyping: true }, signal),
  ],
  ['listTemplates', (baseUrl, signal) => listTemplates({ ...account, baseUrl }, signal)],
  [
    'download',
    (baseUrl, signal) =>
      createMediaApi({ ...account, baseUrl, hosts: mediaHosts([baseUrl]) }).download(request, signal),
  ],
]

describe.each(CALLS)('%s', (_name, call) => {
  it.each<Stuck>(['silent', 'halfway'])(
    'hangs up on a WhatsApp that is %s when it is given up',
    async (how) => {
      await using server = await startStuckServer(how)
      const giveUp = new AbortController()
      const calling = call(server.url, giveUp.signal).catch(() => 'failed')
      await server.asked
      giveUp.abort()
      await expect(server.hungUp).resolves.toBeUndefined()
      await calling
    },
  )

  it('hangs up on a WhatsApp that does not stop talking', async () => {
    await using server = await startStuckServer('endless')
    const calling = call(server.url, new AbortController().signal).catch(() => 'failed')
    await expect(server.hungUp).resolves.toBeUndefined()
    await calling
  })
})

it.each<Stuck>(['halfway', 'endless'])('hangs up on a file that is %s', async (how) => {
  await using files = await startStuckServer(how)
  const link = { url: `${files.url}/file`, mime_type: 'image/jpeg', sha256: 'ab', file_size: 10 }
  const graph = createServer((_request, response) => response.end(JSON.stringify(link))).unref()
  await once(graph.listen(0, '127.0.0.1'), 'listening')
  const address = graph.address()
  const baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  const giveUp = new AbortController()
  const reading = createMediaApi({ ...account, baseUrl, hosts: mediaHosts([baseUrl, files.url]) })
    .download(request, giveUp.signal)
    .catch(() => 'failed')
  await files.asked
  if (how === 'halfway') giveUp.abort()
  expect(await reading).toBe('failed')
  await files.hungUp
  graph.closeAllConnections()
})
