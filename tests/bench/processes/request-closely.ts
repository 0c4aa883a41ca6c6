import autocannon from 'autocannon'
import { answerJobs } from './answer-jobs.ts'

export type RequestJob = {
  url: string
  path: string
  connections: number
  seconds: number
  /** In turn. */
  posts: { body: string; headers: Record<string, string> }[]
}

/** As many requests as there are answers: every connection asks again as soon as it has been answered. */
answerJobs(async ({ url, path, connections, seconds, posts }: RequestJob) => {
  const result = await autocannon({
    ...{ url, connections },
    duration: seconds,
    requests: posts.map((post) => ({ method: 'POST', path, ...post })),
  })
  return {
    perSecond: result['2xx'] / result.duration,
    done: result['2xx'],
    failed: result.non2xx + result.errors,
  }
})
