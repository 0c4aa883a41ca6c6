/**
 * `fetch` whose answer may have so many bytes, after decompression. One that is longer, or has no end, fails while it
 * is read, and its connection is closed. No redirect is followed.
 */
export function fetchAtMost(bytesMax: number): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, { redirect: 'error', ...init })
    return new Response(response.body?.pipeThrough(upTo(bytesMax)) ?? null, response)
  }
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
