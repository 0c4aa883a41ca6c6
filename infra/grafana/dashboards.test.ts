import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { BOARDS } from './boards/index.ts'
import { dashboardFiles } from './dashboard-files.ts'
import { readAlerts } from './read-alerts.ts'

const DIR = fileURLToPath(new URL('dashboards', import.meta.url))
const panels = BOARDS.flatMap((board) =>
  board.rows.flatMap((row) =>
    row.panels.map((panel) => ({ name: `${board.title}: ${panel.title}`, ...panel })),
  ),
)

describe('dashboards', () => {
  it('are what the code builds: npm run dashboards writes them', () => {
    const written = readdirSync(DIR).map((name) => [name, readFileSync(`${DIR}/${name}`, 'utf8')])
    expect(Object.fromEntries(written)).toEqual(dashboardFiles())
  })

  it('draw the line where the alert does', () => {
    const alerts = readAlerts()
    const drawn = panels.flatMap(({ name, alerts: watched = {} }) =>
      Object.entries(watched).map(([alert, value]) => ({ name, alert, value })),
    )
    expect(drawn.length).toBeGreaterThan(20)
    const elsewhere = drawn.filter(({ alert, value }) => {
      const numbers = alerts.get(alert)?.expr.match(/(?<![\w.])\d+(\.\d+)?(?![\w.\]])/g) ?? []
      return !numbers.map(Number).includes(value)
    })
    expect(elsewhere).toEqual([])
  })

  it('have each panel once', () => {
    for (const { rows } of BOARDS) {
      const titles = rows.flatMap(({ panels }) => panels.map(({ title }) => title))
      expect(titles).toEqual([...new Set(titles)])
    }
  })
})
