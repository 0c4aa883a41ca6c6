import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'

const FOLDER = fileURLToPath(new URL('../driver-days', import.meta.url))

const at = z.string().regex(/^\d\d:\d\d$/)
const messageSchema = z.union([
  z.strictObject({ at, say: z.string().min(1) }),
  /** Which button or row of the newest message that has any, from 1; `or` is written where nothing has. */
  z.strictObject({ at, tap: z.int().min(1), or: z.string().min(1) }),
  z.strictObject({ at, voice: z.string().min(1), seconds: z.int().min(1) }),
  /** The caption, empty without one. */
  z.strictObject({ at, photo: z.string() }),
  /** At which order the driver is, from 1. */
  z.strictObject({ at, location: z.int().min(1) }),
  z.strictObject({ at, react: z.string().min(1) }),
  z.strictObject({ at, sticker: z.literal(true) }),
])
export type DayMessage = z.output<typeof messageSchema>

const daySchema = z.strictObject({
  about: z.string(),
  driver: z.strictObject({ name: z.string(), orders: z.int().min(1).max(9), timeZone: z.string() }),
  messages: z.array(messageSchema),
})
export type DriverDay = z.output<typeof daySchema> & { language: string }

/** All of them; a file's name is its language. Throws with the file and what is wrong. */
export function readDriverDays(): DriverDay[] {
  return globSync('*.yaml', { cwd: FOLDER })
    .toSorted()
    .flatMap((file) =>
      parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8')).map((document) => {
        const parsed = daySchema.safeParse(document.toJS())
        if (!parsed.success)
          throw new Error(`${file}: ${z.prettifyError(parsed.error)}`, { cause: parsed.error })
        return { ...parsed.data, language: basename(file, '.yaml') }
      }),
    )
}

/** Of the clock where the driver is. */
export function minutesOf({ at }: { at: string }): number {
  const [hours = 0, minutes = 0] = at.split(':').map(Number)
  return hours * 60 + minutes
}
