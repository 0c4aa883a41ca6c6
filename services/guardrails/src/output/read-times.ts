import type { Fact, Take } from './claims.ts'

const PART_OF_DAY = `(?: (?:da|de la|por la|in the|at) (manh[ãa]|ma[ñn]ana|madrugada|morning|tarde|noite|noche|afternoon|evening|night))?`
const CLOCK = new RegExp(
  String.raw`(?<![\d.,:/])(\d{1,2}):(\d{2})(?::\d{2})?(?![\d:])(?: ?([ap])(?:m|\. ?m\.?)(?![\p{L}\d]))?(?: ?h(?:rs?|s)?(?![\p{L}\d]))?${PART_OF_DAY}`,
  'giu',
)
const WITH_H = new RegExp(
  String.raw`(?<![\d.,:/\p{L}])(\d{1,2}) ?h ?(\d{2})(?:min)?(?![\p{L}\d])${PART_OF_DAY}`,
  'giu',
)
const WITH_HALF = /(?<![\d.,:/\p{L}])(\d{1,2})(?:[.:](\d{2}))? ?([ap])(?:m|\. ?m\.?)(?![\p{L}\d])/giu
const WITH_PART =
  /(?<![\d.,:/\p{L}])(\d{1,2})(?: ?h(?:rs?|s)?)? (?:da|de la|in the) (manh[ãa]|ma[ñn]ana|madrugada|morning|tarde|noite|noche|afternoon|evening)(?!\p{L})/giu
const NOON =
  /(?<!\p{L})(?:(noon|midday|meio[ -]dia|medio ?d[ií]a)|(midnight|meia[ -]noite|medianoche))(?!\p{L})/giu

/** Times of the day: `2:30 PM`, `14h30`, `2.30pm`, `3 da tarde`, `noon`. */
export function readTimes(take: Take): void {
  take(CLOCK, ({ groups: [hour, minute, half, part] }) => timeFacts(hour, minute, half ?? halfOf(part)))
  take(WITH_H, ({ groups: [hour, minute, part] }) => timeFacts(hour, minute, halfOf(part)))
  take(WITH_HALF, ({ groups: [hour, minute, half] }) => timeFacts(hour, minute, half))
  take(WITH_PART, ({ groups: [hour, part] }) => timeFacts(hour, undefined, halfOf(part)))
  take(NOON, ({ groups: [noon] }) => ({ facts: [{ kind: 'time', minutes: [noon === undefined ? 0 : 720] }] }))
}

function timeFacts(
  hour: string | undefined,
  minute: string | undefined,
  half: string | undefined,
): { facts: Fact[] } {
  const [hours, minutes] = [Number(hour), Number(minute ?? 0)]
  if (!(hours <= 24 && minutes < 60)) return { facts: [] }
  const at = (of: number) => (of % 24) * 60 + minutes
  if (half === undefined) {
    const isEither = hours <= 12 && !hour?.startsWith('0')
    return { facts: [{ kind: 'time', minutes: isEither ? [at(hours), at(hours + 12)] : [at(hours)] }] }
  }
  // No clock says 13 PM.
  if (hours === 0 || hours > 12) return { facts: [{ kind: 'time', minutes: [] }] }
  return { facts: [{ kind: 'time', minutes: [at((hours % 12) + (half.toLowerCase() === 'p' ? 12 : 0))] }] }
}

function halfOf(part: string | undefined): string | undefined {
  if (part === undefined) return undefined
  return /^(?:man|mor|mad|mañ)/i.test(part) ? 'a' : 'p'
}
