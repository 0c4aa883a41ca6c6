import { signatureOf } from '@waybill/whatsapp'

export type BusinessNumber = { phoneNumberId: string; wabaId: string; appSecret: string }
/** A message as a driver wrote it. */
export type Written = { phone: string; wamid: string; text: string }

/** As WhatsApp posts them, all from one driver: one message of the length that most have makes 466 bytes. */
export function webhookOf(
  { phoneNumberId, wabaId }: BusinessNumber,
  messages: readonly [Written, ...Written[]],
): string {
  const [{ phone }] = messages
  const timestamp = String(Math.floor(Date.now() / 1_000))
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550109999', phone_number_id: phoneNumberId },
    contacts: [{ profile: { name: 'Driver' }, wa_id: phone }],
    messages: messages.map(({ wamid, text }) => ({
      from: phone,
      id: wamid,
      timestamp,
      type: 'text',
      text: { body: text },
    })),
  }
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: wabaId, changes: [{ value, field: 'messages' }] }],
  })
}

/** As long as those of WhatsApp. `prefix` and `index` make it one that nobody has had. */
export function wamidOf(prefix: string, index: number): string {
  return `wamid.${prefix}.${String(index).padStart(34 - prefix.length, '0')}`
}

/** The two kinds that the ingress is measured with: one message, and three in one. */
export function sampleWebhooks(number: BusinessNumber): [string, string] {
  const message = (index: number) => ({
    phone: '12025550100',
    wamid: wamidOf('sample', index),
    text: 'What are my orders today?',
  })
  return [webhookOf(number, [message(1)]), webhookOf(number, [message(2), message(3), message(4)])]
}

export function signedHeaders({ appSecret }: BusinessNumber, body: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-hub-signature-256': signatureOf(Buffer.from(body), appSecret),
  }
}
