import { Agent, request } from 'node:http'

const agent = new Agent({ keepAlive: true })

/** A request of Node's own client, and nothing of ours: a POST when there is a body. Rejects unless it is answered with 200. */
export function bareRequest(url: string, headers: Record<string, string>, body?: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const method = body === undefined ? 'GET' : 'POST'
    request(url, { method, agent, headers: { ...headers, ...length } }, (answer) => {
      answer.resume()
      if (answer.statusCode !== 200) reject(new Error(`${url} answered ${answer.statusCode}`))
      answer.on('end', resolve)
    })
      .on('error', reject)
      .end(body)
  })
}
