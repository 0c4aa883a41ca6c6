import { isRecord } from './outbound-schema.ts'

/** What a person reads in the bubble of a Cloud API message object, in either direction. */
export function readableText(message: Record<string, unknown> & { type: string }): string | undefined {
  const content = message[message.type]
  if (!isRecord(content)) return undefined
  switch (message.type) {
    case 'text':
      return stringAt(content, 'body')
    case 'interactive':
      return (
        stringAt(content, 'body', 'text') ??
        stringAt(content, 'button_reply', 'title') ??
        stringAt(content, 'list_reply', 'title')
      )
    case 'button':
      return stringAt(content, 'text')
    case 'reaction':
      return stringAt(content, 'emoji')
    case 'location':
      return stringAt(content, 'name') ?? stringAt(content, 'address')
    default:
      return stringAt(content, 'caption')
  }
}

function stringAt(value: unknown, ...path: string[]): string | undefined {
  const found = path.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), value)
  return typeof found === 'string' ? found : undefined
}
