import { parseArgs } from 'node:util'
import { FAULTS } from './catalogue/index.ts'

export type Command =
  | { do: 'help' }
  | { do: 'list' }
  /** What histories that were kept say, once more. */
  | { do: 'check'; files: readonly string[] }
  | RunCommand

/** Without faults: mixes of them at random, for so many minutes. */
export type RunCommand = { do: 'run'; faults: readonly string[]; soakMinutes: number } & Load

type Load = { seed: number; seconds: number; perSecond: number; drivers: number; historyDir: string }

export const HELP = `npm run faults -- FAULT… [options]   one fault, or several, one after the other
npm run faults -- all [options]      every fault there is
npm run faults -- mix [options]      three faults at once, at random
npm run faults -- soak [options]     mix after mix, for --minutes
npm run faults -- check FILE…        what histories that were kept say, and for each fault the worst of them
npm run faults -- list               the faults there are

  --seed N       the same messages, victims and moments again (1); a FAULT that comes twice gets the next one too
  --seconds N    how long drivers write; a fault takes the middle half of it (20)
  --minutes N    of a soak (120)
  --rate N       messages a second (50)
  --drivers N    drivers that write (300)
  --history DIR  where the histories go (.local/faults)`

const LIMITS = { seconds: 3_600, minutes: 10_080, rate: 1_000, drivers: 1_000, seed: 2 ** 31 }

/** Throws with a sentence that says what is allowed. */
export function readArguments(args: readonly string[], historyDir: string): Command {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      seed: { type: 'string' },
      seconds: { type: 'string' },
      minutes: { type: 'string' },
      rate: { type: 'string' },
      drivers: { type: 'string' },
      history: { type: 'string' },
    },
  })
  const [first, ...rest] = positionals
  if (values.help || first === undefined) return { do: 'help' }
  if (first === 'list') return { do: 'list' }
  if (first === 'check') {
    if (rest.length === 0) throw new Error('Which histories? npm run faults -- check FILE…')
    return { do: 'check', files: rest }
  }
  const load = {
    seed: wholeNumber('seed', values.seed, 1),
    seconds: wholeNumber('seconds', values.seconds, 20),
    perSecond: wholeNumber('rate', values.rate, 50),
    drivers: wholeNumber('drivers', values.drivers, 300),
    historyDir: values.history ?? historyDir,
  }
  if (first === 'soak')
    return { do: 'run', faults: [], soakMinutes: wholeNumber('minutes', values.minutes, 120), ...load }
  const faults = first === 'all' ? FAULTS.map(({ name }) => name) : positionals
  const unknown = faults.find((name) => name !== 'mix' && !FAULTS.some((fault) => fault.name === name))
  if (unknown !== undefined) throw new Error(`There is no fault called ${unknown}: npm run faults -- list`)
  return { do: 'run', faults, soakMinutes: 0, ...load }
}

function wholeNumber(name: keyof typeof LIMITS, text: string | undefined, standard: number): number {
  if (text === undefined) return standard
  if (!/^[1-9]\d*$/.test(text) || Number(text) > LIMITS[name])
    throw new Error(`--${name} ${text}: a whole number from 1 to ${LIMITS[name]}.`)
  return Number(text)
}
