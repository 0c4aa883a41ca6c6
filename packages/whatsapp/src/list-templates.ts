import { fetchAtMost } from '@waybill/resilience'
import { z } from 'zod'

/** https://developers.facebook.com/docs/graph-api/reference/whats-app-business-account/message_templates/ */
const page = z.object({
  data: z.array(z.object({ name: z.string(), language: z.string(), status: z.string() })),
  paging: z
    .object({ cursors: z.object({ after: z.string() }).optional(), next: z.string().optional() })
    .optional(),
})
export type Template = { name: string; language: string; status: string }

const fetchPage = fetchAtMost(1024 ** 2, { name: 'whatsapp' })
const PAGE_SIZE = 200
const PAGES_MAX = 30 // an account has 6,000 templates at most

/** Every template of a business account with its status. Throws when WhatsApp does not answer as documented. */
export async function listTemplates(
  { baseUrl, wabaId, accessToken }: { baseUrl: string; wabaId: string; accessToken: string },
  signal: AbortSignal,
): Promise<Template[]> {
  const templates: Template[] = []
  let after: string | undefined
  for (let number = 0; number < PAGES_MAX; number++) {
    const query = new URLSearchParams({ fields: 'name,language,status', limit: String(PAGE_SIZE) })
    if (after !== undefined) query.set('after', after)
    const response = await fetchPage(
      `${baseUrl.replace(/\/$/, '')}/${wabaId}/message_templates?${query.toString()}`,
      {
        headers: { authorization: `Bearer ${accessToken}` },
        signal,
      },
    )
    if (!response.ok) throw new Error(`WhatsApp answered ${response.status}`)
    const { data, paging } = page.parse(await response.json())
    templates.push(...data)
    after = paging?.next === undefined ? undefined : paging.cursors?.after
    if (after === undefined) return templates
  }
  throw new Error('WhatsApp lists templates without end')
}
