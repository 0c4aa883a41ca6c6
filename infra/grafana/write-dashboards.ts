import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dashboardFiles } from './dashboard-files.ts'

// npm run dashboards: writes infra/grafana/dashboards.
const DIR = fileURLToPath(new URL('dashboards', import.meta.url))

rmSync(DIR, { recursive: true, force: true })
mkdirSync(DIR)
for (const [name, json] of Object.entries(dashboardFiles())) writeFileSync(`${DIR}/${name}`, json)
