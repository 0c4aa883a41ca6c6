import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { z } from 'zod'
import { deadLettersCommand } from './dead-letters-command.ts'

/** Open letters, oldest death first; `dies`: those that die again as soon as they are replayed. */
let open: string[] = []
let dies: readonly string[] = []
const replayed: string[] = []
const server = createServer((request, response) => {
  void json(request).then((body) => {
    const { limit } = z.object({ limit: z.number() }).parse(body)
    const settled = open.splice(0, limit)
    replayed.push(...settled)
    open.push(...settled.filter((id) => dies.includes(id)))
    response.end(JSON.stringify({ settled, failed: [], left: open.length }))
  })
})
let url: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

it('ends when what it replays dies again at once', async () => {
  open = ['1', '2', '3']
  dies = ['1', '3']
  const said: string[] = []
  const say = (line: string) => said.push(line)
  expect(await deadLettersCommand(['replay', '--all', '--rate', '2'], () => ({ url, token: 't' }), say)).toBe(
    0,
  )
  expect(said.at(-1)).toBe('3 replayed')
  expect(new Set(replayed)).toEqual(new Set(['1', '2', '3']))
})
