import { writeFileSync } from 'node:fs'
import { DOCS, PAGES } from './pages.ts'

for (const [name, page] of Object.entries(PAGES)) writeFileSync(new URL(name, DOCS), page())
