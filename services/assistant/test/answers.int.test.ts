import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { type Bench, openBench, textOf } from './assistant-bench.ts'

let bench: Bench
let assistant: AsyncDisposable

beforeEach(async () => {
  bench = await openBench()
  assistant = await bench.start()
})
afterEach(async () => {
  await assistant[Symbol.asyncDispose]()
  await bench[Symbol.asyncDispose]()
})

it('answers a waiting message', async () => {
  const [wamid] = await bench.receive('What are my orders today?')
  const replies = await bench.settled()
  expect(replies.map(textOf)).toEqual([
    `📦 You have 3 orders today, Johan!

🚚 Orders:
1. #12345 - Tech Corp Inc (12:00 PM)
   📍 123 Main St, Suite 400

2. #12346 - Westside Restaurant (2:30 PM)
   📍 456 Oak Ave

3. #12347 - Airport Terminal B (4:00 PM)
   📍 Terminal B, Gate 5

Would you like details on any order? Type from 1 to 3 to choose any order.`,
  ])
  expect(replies[0]?.reply_to).toBe(wamid)
  const { rows } = await bench.pool.query(
    'SELECT purpose, outcome, prompt_tokens, cached_tokens FROM model_calls',
  )
  expect(rows).toEqual([
    { purpose: 'understand', outcome: 'calls', prompt_tokens: 1_700, cached_tokens: 1_536 },
  ])
})
