import { inSpan, originHeaders } from '@waybill/tracing'

type Peer = {
  /** Who is asked, in traces. */
  name: string
  /** It is ours: it is told of the trace and of the correlation id. Nobody else has a use for them. */
  isOurs?: true
}

/**
 * `fetch` whose answer may have so many bytes, after decompression. One that is longer, or has no end, fails while it
 * is read, and its connection is closed. No redirect is followed. With a peer a request is a span, up to the headers of
 * its answer.
 */
export function fetchAtMost(bytesMax: number, peer?: Peer): typeof fetch {
  const send = peer ? traced(peer) : fetch
  return async (input, init) => {
    const response = await send(input, { redirect: 'error', ...init })
    if (isShort(response, bytesMax)) return response
    return new Response(response.body?.pipeThrough(upTo(bytesMax)) ?? null, response)
  }
}

/** No path is on the span: an id of a driver or of a message may be in it. */
function traced({ name, isOurs }: Peer): typeof fetch {
  return (input, init) => {
    const { method = 'GET' } = init ?? {}
    return inSpan(
      `${method} ${name}`,
      () => ({ kind: 'client', attributes: { 'http.request.method': method, 'peer.service': name } }),
      async (span) => {
        const response = await fetch(input, isOurs ? withOrigin(init) : init)
        span?.setAttributes({
          'http.response.status_code': response.status,
          ...(response.ok ? {} : { 'error.type': String(response.status) }),
        })
        return response
      },
    )
  }
}

function withOrigin(init: RequestInit = {}): RequestInit {
  const headers = new Headers(init.headers)
  for (const [name, value] of Object.entries(originHeaders())) headers.set(name, value)
  return { ...init, headers }
}

/** It says itself how long it is, and no more than that is read of it: counting costs as much as the rest of `fetch`. */
function isShort({ headers }: Response, bytesMax: number): boolean {
  const length = headers.get('content-length')
  return length !== null && Number(length) <= bytesMax && !headers.has('content-encoding')
}

function upTo(bytesMax: number): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let bytes = 0
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength
      if (bytes > bytesMax) controller.error(new Error(`an answer is longer than ${bytesMax} bytes`))
      else controller.enqueue(chunk)
    },
  })
}
