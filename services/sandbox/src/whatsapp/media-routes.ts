import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { World } from '../world.ts'
import { GraphError, unknownObject } from './graph-error.ts'
import { VERSION, type WithId } from './graph-path.ts'
import { isRecord } from './outbound-schema.ts'

const FILE_BYTES_MAX = 100 * 1024 * 1024

/** Upload and download. GET and DELETE of a medium by its id are with the other objects, in account-routes. */
export async function mediaRoutes(app: FastifyInstance, { options, whatsapp, now }: World): Promise<void> {
  const { media } = whatsapp
  await app.register(multipart, { limits: { fileSize: FILE_BYTES_MAX, files: 1 } })

  app.post<WithId>(`${VERSION}/:id/media`, async (request) => {
    if (request.params.id !== options.business.phoneNumberId) throw unknownObject(request.params.id, 'post')
    if (request.isMultipart()) return { id: await storeFile(request) }
    // Meta's machine-readable examples describe the form as JSON: { file: "@/path;type=image/jpeg" }.
    const { body } = request
    if (!isRecord(body) || typeof body.file !== 'string')
      throw new GraphError(131008, 'The parameter file is required.')
    const type = /;type=(.+)$/.exec(body.file)?.[1] ?? 'application/octet-stream'
    return { id: media.addStub(type).id }
  })

  async function storeFile(request: FastifyRequest): Promise<string> {
    const file = await request.file()
    if (!file) throw new GraphError(131008, 'The parameter file is required.')
    const bytes = await file.toBuffer()
    return media.add({ bytes, mimeType: file.mimetype }).id
  }

  app.get<{ Querystring: { mid?: string; ext?: string } }>(
    '/whatsapp_business/attachments/',
    async ({ query }, reply) => {
      const medium = media.find(query.mid ?? '')
      if (!medium || Number(query.ext) < now()) return reply.code(404).send()
      return reply.type(medium.mimeType).send(medium.bytes)
    },
  )
}
