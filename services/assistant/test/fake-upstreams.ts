import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { z } from 'zod'

type Answer = { status?: number; headers?: Record<string, string>; body: unknown }
export type Asked = { method: string; path: string; headers: IncomingMessage['headers']; body: unknown }
export type FakeUpstream = AsyncDisposable & {
  url: string
  asked: Asked[]
  answerWith(answer: (asked: Asked) => Answer | Promise<Answer>): void
}

/** A plain HTTP server that answers as it is told and remembers what it was asked. */
export async function startUpstream(
  answer: (asked: Asked) => Answer | Promise<Answer>,
): Promise<FakeUpstream> {
  let current = answer
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    void respond(request, response)
  })
  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    const text = Buffer.concat(chunks).toString('utf8')
    const { method = '', url = '', headers } = request
    const question = { method, path: url, headers, body: readBody(headers, text) }
    asked.push(question)
    const { status = 200, headers: extra, body } = await current(question)
    response.writeHead(status, { 'content-type': 'application/json', ...extra }).end(JSON.stringify(body))
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = z.object({ port: z.number() }).parse(server.address())
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    answerWith(next) {
      current = next
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function modelChoosing(...calls: { name: string; args: Record<string, unknown> }[]): Answer {
  const toolCalls = calls.map(({ name, args }, index) => ({
    id: `call_${index}`,
    type: 'function',
    function: { name, arguments: JSON.stringify(args) },
  }))
  return {
    body: {
      id: 'gen-1',
      object: 'chat.completion',
      model: 'openai/gpt-5-mini',
      choices: [
        {
          index: 0,
          finish_reason: 'tool_calls',
          message: { role: 'assistant', content: null, tool_calls: toolCalls },
        },
      ],
      usage: {
        prompt_tokens: 1_700,
        completion_tokens: 20,
        cost: 0.0002,
        prompt_tokens_details: { cached_tokens: 1_536 },
      },
    },
  }
}

/** Johan's day, as the order system tells it. */
export function johansDay(date: string, statuses: Record<string, string> = {}): Answer {
  const at = (time: string) => `${date}T${time}:00-05:00`
  const order = (id: string, name: string, line: string, start: string, end: string, sequence: number) => ({
    id,
    ref: `#${id}`,
    customer: { name, phone: '+15550100001' },
    address: { line, lat: 40.75, lng: -73.99 },
    window: { start: at(start), end: at(end) },
    status: statuses[id] ?? 'assigned',
    sequence,
    items: [{ name: 'Parcel', quantity: 2 }],
    updated_at: at('04:00'),
    internal_margin: 0.4,
  })
  return {
    body: {
      driver_id: 'driver-johan',
      date,
      time_zone: 'America/New_York',
      orders: [
        order('12345', 'Tech Corp Inc', '123 Main St, Suite 400', '12:00', '13:00', 1),
        order('12346', 'Westside Restaurant', '456 Oak Ave', '14:30', '15:30', 2),
        order('12347', 'Airport Terminal B', 'Terminal B, Gate 5', '16:00', '17:00', 3),
      ],
      version: 1,
      generated_at: at('06:00'),
    },
  }
}

/** Files are left as they are. */
function readBody(headers: IncomingMessage['headers'], text: string): unknown {
  if (text === '') return undefined
  return headers['content-type']?.startsWith('application/json') ? JSON.parse(text) : text
}
