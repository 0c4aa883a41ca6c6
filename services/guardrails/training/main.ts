import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { MODEL_FILE } from '../src/classifier/classifiers.ts'
import { writeModel } from './model-file.ts'
import { train } from './train.ts'

const [command] = process.argv.slice(2)
const bytes = writeModel(train())
const digest = createHash('sha256').update(bytes).digest('hex')
if (command === 'check') {
  const isSame = readFileSync(MODEL_FILE, 'utf8') === bytes
  console.log(
    isSame
      ? `the model is what training makes (${digest})`
      : 'the model is not what training makes: npm run guardrails:train',
  )
  process.exitCode = isSame ? 0 : 1
} else {
  writeFileSync(MODEL_FILE, bytes)
  console.log(`wrote ${MODEL_FILE.pathname} (${bytes.length} bytes, sha256 ${digest})`)
}
