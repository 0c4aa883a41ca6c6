import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import Fastify from 'fastify'
import { pageRoutes } from './routes.ts'

const PUBLIC = new URL('../../public/', import.meta.url)

describe('the phone page', () => {
  it('serves every file that it refers to, under a strict policy', async () => {
    await using app = Fastify()
    await app.register(pageRoutes)
    const { body, headers } = await app.inject('/')
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'/,
    )
    const scripts = ['phone.js', 'bubble.js', 'dialogs.js', 'markup.js', 'icons.js']
    const imported = scripts.flatMap((name) => [
      ...readFileSync(new URL(name, PUBLIC), 'utf8').matchAll(/from '\.\/(.+)'/g),
    ])
    const linked = [...body.matchAll(/(?:src|href)="([a-z.]+\.(?:js|css))"/g)]
    const files = new Set([...linked, ...imported].map(([, file]) => file))
    expect(files.size).toBe(7)
    for (const file of files) expect((await app.inject(`/${file}`)).statusCode).toBe(200)
  })

  it('never makes HTML of what comes in a message', () => {
    for (const name of ['phone.js', 'bubble.js', 'dialogs.js', 'markup.js', 'icons.js']) {
      expect(readFileSync(new URL(name, PUBLIC), 'utf8')).not.toMatch(
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write/,
      )
    }
  })
})
