import { readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'

const PUBLIC = new URL('../../public/', import.meta.url)

const FILES = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/phone.css': { name: 'phone.css', type: 'text/css; charset=utf-8' },
  '/bubble.css': { name: 'bubble.css', type: 'text/css; charset=utf-8' },
  '/phone.js': { name: 'phone.js', type: 'text/javascript; charset=utf-8' },
  '/bubble.js': { name: 'bubble.js', type: 'text/javascript; charset=utf-8' },
  '/icons.js': { name: 'icons.js', type: 'text/javascript; charset=utf-8' },
  '/dialogs.js': { name: 'dialogs.js', type: 'text/javascript; charset=utf-8' },
  '/markup.js': { name: 'markup.js', type: 'text/javascript; charset=utf-8' },
} as const

const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
}

/** The page that looks like a phone. It uses the control API and nothing else. */
export async function pageRoutes(app: FastifyInstance): Promise<void> {
  for (const [path, { name, type }] of Object.entries(FILES)) {
    const content = await readFile(new URL(name, PUBLIC))
    app.get(path, async (_request, reply) => reply.headers(SECURITY_HEADERS).type(type).send(content))
  }
}
