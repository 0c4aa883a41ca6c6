import { answerJobs } from './answer-jobs.ts'
import { bareRequest } from './bare-request.ts'
import { pace } from './pace.ts'

export type PaceRequestsJob = {
  url: string
  perSecond: number
  seconds: number
  body: string
  headers: Record<string, string>
}

answerJobs(({ url, body, headers, ...rate }: PaceRequestsJob) =>
  pace(rate, () => bareRequest(url, headers, body)),
)
