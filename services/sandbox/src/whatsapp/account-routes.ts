import type { FastifyInstance } from 'fastify'
import type { World } from '../world.ts'
import { unknownObject } from './graph-error.ts'
import { VERSION, type WithId } from './graph-path.ts'

const SETTINGS = {
  calling: { status: 'disabled', call_icon_visibility: 'visible' },
  payload_encryption: { status: 'disabled' },
  storage_configuration: { status: 'default' },
}

/** The business account and its number: what a client reads of them, templates, and changes that are only nodded at. */
export function accountRoutes(app: FastifyInstance, { options, whatsapp }: World): void {
  const { media, templates } = whatsapp
  const { phoneNumberId, wabaId, displayPhoneNumber } = options.business
  const phoneNumber = {
    id: phoneNumberId,
    display_phone_number: displayPhoneNumber,
    verified_name: 'Waybill Sandbox',
    quality_rating: 'GREEN',
    code_verification_status: 'VERIFIED',
    platform_type: 'CLOUD_API',
    throughput: { level: 'STANDARD' },
  }

  app.get<WithId>(`${VERSION}/:id`, async ({ params, protocol, host }) => {
    if (params.id === phoneNumberId) return phoneNumber
    if (params.id === wabaId) return { id: wabaId, name: 'Waybill Sandbox', timezone_id: '1' }
    const medium = media.find(params.id)
    if (!medium) throw unknownObject(params.id, 'get')
    return {
      messaging_product: 'whatsapp',
      url: `${protocol}://${host}${media.downloadPath(medium.id)}`,
      mime_type: medium.mimeType,
      sha256: medium.sha256,
      file_size: medium.bytes.byteLength,
      id: medium.id,
    }
  })
  app.delete<WithId>(`${VERSION}/:id`, async ({ params }) => {
    if (!media.remove(params.id)) throw unknownObject(params.id, 'delete')
    return { success: true }
  })

  app.get<WithId>(`${VERSION}/:id/settings`, async ({ params }) => {
    assertIs(params.id, phoneNumberId, 'get')
    return SETTINGS
  })
  for (const edge of ['', '/settings', '/register', '/deregister']) {
    app.post<WithId>(`${VERSION}/:id${edge}`, async ({ params }) => {
      assertIs(params.id, phoneNumberId, 'post')
      return { success: true }
    })
  }

  app.get<WithId>(`${VERSION}/:id/phone_numbers`, async ({ params }) => {
    assertIs(params.id, wabaId, 'get')
    return { data: [phoneNumber] }
  })
  app.get<WithId & { Querystring: { name?: string } }>(
    `${VERSION}/:id/message_templates`,
    async ({ params, query }) => {
      assertIs(params.id, wabaId, 'get')
      return { data: templates.list(query.name), paging: {} }
    },
  )
  app.post<WithId>(`${VERSION}/:id/message_templates`, async ({ params, body }) => {
    assertIs(params.id, wabaId, 'post')
    const { id, category } = templates.create(body)
    return { id, status: 'PENDING', category }
  })
  app.post<WithId>(`${VERSION}/:id/subscribed_apps`, async ({ params }) => {
    assertIs(params.id, wabaId, 'post')
    return { success: true }
  })
}

function assertIs(id: string, expected: string, method: string) {
  if (id !== expected) throw unknownObject(id, method)
}
