import { readDriverDays } from '../cost/driver-days.ts'
import { playDays } from '../cost/play-days.ts'
import { reportOf, resultsOf } from '../cost/results.ts'
import { writeCosts } from '../cost/write-costs.ts'
import type { Measure } from '../measure.ts'

export const cost: Measure = {
  id: 'C',
  title: 'What a day costs',
  async run({ share, isWritten, log }) {
    const days = readDriverDays()
    const every = Math.max(1, Math.floor(1 / share))
    const played = days.filter((_day, index) => index % every === 0)
    log(`plays the day of ${played.length} drivers, from the check-in to the last delivery`)
    const report = reportOf(await playDays(played))
    if (isWritten) writeCosts(report)
    return resultsOf(report)
  },
}
