import { randomBytes } from 'node:crypto'

const INBOUND = { marker: 0x12, randomBytes: 10 }
const OUTBOUND = { marker: 0x11, randomBytes: 9 }

/** A message id as WhatsApp makes them: base64 of a small record that holds the person's number and a random id. */
export function createWamid(waId: string, direction: 'inbound' | 'outbound'): string {
  const { marker, randomBytes: size } = direction === 'inbound' ? INBOUND : OUTBOUND
  const number = Buffer.from(waId, 'latin1')
  const id = Buffer.from(randomBytes(size).toString('hex').toUpperCase(), 'latin1')
  const record = Buffer.concat([
    Buffer.from([0x1c, 0x18, number.length]),
    number,
    Buffer.from([0x15, 0x02, 0x00, marker, 0x18, id.length]),
    id,
    Buffer.from([0x00]),
  ])
  return `wamid.${record.toString('base64')}`
}
