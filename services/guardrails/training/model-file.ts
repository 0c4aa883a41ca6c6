import type { Model } from '../src/classifier/classifiers.ts'
import { TASKS } from './sentences.ts'

export function writeModel({ terms, senses, weights }: Model): string {
  const entries = TASKS.map((task) => {
    const { values, scale, bias } = weights[task]
    // Beyond so many digits it would be the noise of the machine.
    const [short, offset] = [Number(scale.toPrecision(6)), Number(bias.toPrecision(6))]
    return [task, { scale: short, bias: offset, values: Buffer.from(values).toString('base64') }]
  })
  return `${JSON.stringify({ terms, senses, weights: Object.fromEntries(entries) })}\n`
}
