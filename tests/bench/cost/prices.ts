import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'

const usd = z.number().nonnegative()
const pricesSchema = z.strictObject({
  date: z.iso.date(),
  source: z.string(),
  models: z.record(
    z.string(),
    z.strictObject({ inputPerMillion: usd, cachedInputPerMillion: usd, outputPerMillion: usd }),
  ),
  transcription: z.record(z.string(), z.strictObject({ perMinute: usd })),
})

/** In USD, with the day on which they were read. */
export const PRICES = pricesSchema.parse(parse(readFileSync(new URL('prices.yaml', import.meta.url), 'utf8')))

/** Tokens that are billed. `cached` are among `input`. */
export type Usage = { calls: number; input: number; cached: number; output: number }

export const NOTHING: Usage = { calls: 0, input: 0, cached: 0, output: 0 }

export function sumOf(uses: readonly Usage[]): Usage {
  return uses.reduce(
    (sum, { calls, input, cached, output }) => ({
      calls: sum.calls + calls,
      input: sum.input + input,
      cached: sum.cached + cached,
      output: sum.output + output,
    }),
    NOTHING,
  )
}

/** In USD. */
export function costOf({ input, cached, output }: Usage, model: string): number {
  const price = PRICES.models[model]
  if (!price) throw new Error(`there is no price for ${model}`)
  return (
    ((input - cached) * price.inputPerMillion +
      cached * price.cachedInputPerMillion +
      output * price.outputPerMillion) /
    1_000_000
  )
}

/** In USD, of so many seconds of speech. */
export function transcriptionCostOf(seconds: number, model: string): number {
  const price = PRICES.transcription[model]
  if (!price) throw new Error(`there is no price for ${model}`)
  return (seconds / 60) * price.perMinute
}
