import { parseArgs } from 'node:util'

export type Command =
  | { do: 'help' }
  /** What two runs that were kept say, side by side. */
  | { do: 'compare'; files: readonly [string, string] }
  | RunCommand

export type RunCommand = {
  do: 'run'
  /** Ids, or all when there are none. */
  only: readonly string[]
  isLong: boolean
  jsonFile: string | undefined
  /** Into docs/performance.md. */
  isWritten: boolean
  /** A commit whose own bench is run first, to compare with. */
  against: string | undefined
}

export const HELP = `npm run bench                          every measure, in a quarter of an hour
npm run bench -- --only B1,B4          some of them
npm run bench -- --against COMMIT      the bench of that commit first, then this one, side by side
npm run bench -- --compare FILE FILE   two runs that were kept with --json, side by side

  --json FILE   keeps the results
  --write       puts the tables into docs/performance.md and docs/costs.md
  --long        watches memory for ten minutes instead of one`

/** Throws with a sentence that says what is allowed. */
export function readArguments(args: readonly string[], ids: readonly string[]): Command {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      only: { type: 'string' },
      json: { type: 'string' },
      write: { type: 'boolean' },
      long: { type: 'boolean' },
      against: { type: 'string' },
      compare: { type: 'boolean' },
    },
  })
  if (values.help) return { do: 'help' }
  const [first, second, ...more] = positionals
  if (values.compare) {
    if (first === undefined || second === undefined || more.length > 0)
      throw new Error('Which two? npm run bench -- --compare FILE FILE')
    return { do: 'compare', files: [first, second] }
  }
  if (first !== undefined) throw new Error(`What is ${first}? npm run bench -- --help`)
  const only = values.only?.split(',').filter(Boolean) ?? []
  const unknown = only.find((id) => !ids.includes(id))
  if (unknown !== undefined) throw new Error(`There is no ${unknown}, only ${ids.join(', ')}.`)
  return {
    ...{ do: 'run', only },
    isLong: values.long ?? false,
    jsonFile: values.json,
    isWritten: values.write ?? false,
    against: values.against,
  }
}
