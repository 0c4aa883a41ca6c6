import autocannon from 'autocannon'
import { answerJobs } from './answer-jobs.ts'

export type RequestJob = {
  url: string
  path: string
  connections: number
  seconds: number
  /** Requests a second of all connections; without it as many as there are answers. */
  overallRate?: number
  /** In turn. */
  posts: { body: string; headers: Record<string, string> }[]
}

/** Every connection asks again as soon as it has been answered. */
answerJobs(async ({ url, path, connections, seconds, overallRate, posts }: RequestJob) => {
  const result = await autocannon({
    ...{ url, connections },
    ...(overallRate === undefined ? {} : { overallRate }),
    duration: seconds,
    requests: posts.map((post) => ({ method: 'POST', path, ...post })),
  })
  return {
    perSecond: result['2xx'] / result.duration,
    done: result['2xx'],
    failed: result.non2xx + result.errors,
  }
})
