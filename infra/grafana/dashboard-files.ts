import { BOARDS } from './boards/index.ts'
import { buildDashboard } from './build-dashboard.ts'
import { readAlerts } from './read-alerts.ts'

/** What `dashboards` holds: JSON by file name. */
export function dashboardFiles(): Readonly<Record<string, string>> {
  const alerts = readAlerts()
  return Object.fromEntries(
    BOARDS.map((board) => [
      `${board.uid}.json`,
      `${JSON.stringify(buildDashboard(board, alerts), undefined, 2)}\n`,
    ]),
  )
}
