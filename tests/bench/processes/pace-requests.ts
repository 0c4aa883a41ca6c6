import { Agent, request } from 'node:http'
import { answerJobs } from './answer-jobs.ts'
import { pace } from './pace.ts'

export type PaceRequestsJob = {
  url: string
  perSecond: number
  seconds: number
  body: string
  headers: Record<string, string>
}

const agent = new Agent({ keepAlive: true })

answerJobs(({ url, body, headers, ...rate }: PaceRequestsJob) => pace(rate, () => post(url, body, headers)))

function post(url: string, body: string, headers: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) }
    request(url, { method: 'POST', agent, headers: { ...headers, ...length } }, (answer) => {
      answer.resume()
      if (answer.statusCode !== 200) reject(new Error(`${url} answered ${answer.statusCode}`))
      answer.on('end', resolve)
    })
      .on('error', reject)
      .end(body)
  })
}
