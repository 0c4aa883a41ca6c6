import { textMessage } from '@waybill/whatsapp'
import { normalize } from '../understand/normalize.ts'
import type { ToolContext, ToolResult } from './tool.ts'

const QUOTED_LENGTH_MAX = 40

/** Names what was not found only in the driver's own words: what a model wrote never reaches a driver. */
export function notFound(ref: string | undefined, { say, source, words }: ToolContext): ToolResult {
  const isDriversOwn = ref !== undefined && (source === 'fast' || normalize(words).includes(normalize(ref)))
  const text = isDriversOwn ? say.order.notFound({ ref: quoted(ref) }) : say.order.notFoundUnnamed
  return { replies: [textMessage(text)], summary: 'order not found' }
}

function quoted(ref: string): string {
  const digits = /^#?(\d+)$/.exec(ref.trim())?.[1]
  return digits === undefined ? `"${ref.trim().slice(0, QUOTED_LENGTH_MAX)}"` : `#${digits}`
}
