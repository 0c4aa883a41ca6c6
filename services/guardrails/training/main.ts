import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { MODEL_FILE } from '../src/classifier/classifiers.ts'
import { measure } from './measure.ts'
import { writeModel } from './model-file.ts'
import { DATA } from './sentences.ts'
import { train } from './train.ts'

const REPORT = new URL('../../../docs/guardrails.md', import.meta.url)
const MEASURED = '<!-- measured -->'

// measure [FOLDER with more texts], train [FILE to write]
const [command, path] = process.argv.slice(2)
if (command === 'measure') {
  const tables = measure(path === undefined ? DATA : pathToFileURL(`${path.replace(/\/$/, '')}/`))
  const [text = ''] = readFileSync(REPORT, 'utf8').split(MEASURED)
  writeFileSync(REPORT, `${text}${MEASURED}\n\n${tables}\n`)
} else {
  const bytes = writeModel(train())
  writeFileSync(path ?? MODEL_FILE, bytes)
  const digest = createHash('sha256').update(bytes).digest('hex')
  console.log(`wrote ${bytes.length} bytes, sha256 ${digest}`)
}
