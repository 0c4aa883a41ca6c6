import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { listTemplates } from './list-templates.ts'

const template = (name: string) => ({ name, language: 'en_US', status: 'APPROVED', category: 'UTILITY' })
let baseUrl = ''
const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://sandbox')
  if (request.headers.authorization !== 'Bearer token') return void response.writeHead(401).end('{}')
  if (url.pathname !== '/v24.0/waba/message_templates') return void response.writeHead(404).end('{}')
  const isSecond = url.searchParams.get('after') === 'a'
  const paging = isSecond
    ? { cursors: { after: 'b' } }
    : { cursors: { after: 'a' }, next: 'https://elsewhere' }
  response.end(JSON.stringify({ data: [template(isSecond ? 'two' : 'one')], paging }))
})
beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/v24.0`
})
afterAll(() => void server.close())

describe('listTemplates', () => {
  const signal = AbortSignal.timeout(5_000)

  it('reads all pages, and never follows the link that the answer holds', async () => {
    const found = await listTemplates({ baseUrl, wabaId: 'waba', accessToken: 'token' }, signal)
    expect(found.map(({ name }) => name)).toEqual(['one', 'two'])
  })

  it('says what WhatsApp answered', async () => {
    await expect(listTemplates({ baseUrl, wabaId: 'waba', accessToken: 'old' }, signal)).rejects.toThrow(
      '401',
    )
  })
})
