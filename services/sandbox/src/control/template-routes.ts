import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { templateStatusSchema } from '../whatsapp/templates.ts'
import { accountWebhookBytes } from '../whatsapp/webhook-body.ts'
import type { World } from '../world.ts'
import { ControlError, parse } from './control-error.ts'

const changeSchema = z.strictObject({ status: templateStatusSchema, isSilent: z.boolean().default(false) })

type OfTemplate = { Params: { name: string; language: string } }

/** What Meta does to templates: it approves, pauses, disables and rejects them, and says so in a webhook. */
export function templateRoutes(app: FastifyInstance, { options, whatsapp }: World): void {
  app.get('/templates', async () => ({ templates: whatsapp.templates.list() }))
  app.put<OfTemplate>('/templates/:name/:language', async ({ params: { name, language }, body }) => {
    const { status, isSilent } = parse(changeSchema, body)
    const template = whatsapp.templates.setStatus(name, language, status)
    if (!template) throw new ControlError(`there is no template ${name} in ${language}: GET templates`)
    const value = {
      event: status,
      message_template_id: Number(template.id),
      message_template_name: name,
      message_template_language: language,
      reason: status === 'REJECTED' ? 'INVALID_FORMAT' : 'NONE',
    }
    if (!isSilent) {
      whatsapp.delivery.deliver(
        accountWebhookBytes(options.business, 'message_template_status_update', value),
      )
    }
    return { template }
  })
}
