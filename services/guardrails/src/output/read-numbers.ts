import type { Known } from './words.ts'

/**
 * What a number with separators can mean, as plain decimals without needless zeros: `1.000,50` is `1000.5`, and
 * `1.000` is `1000` in Portuguese, `1` in English and both where nobody knows.
 */
export function readNumber(written: string, language: Known | undefined): string[] {
  const separators = written.replaceAll(/\d/g, '')
  const last = separators.at(-1)
  if (last === undefined) return [plain(written, '')]
  const at = written.lastIndexOf(last)
  const [whole, rest] = [written.slice(0, at), written.slice(at + 1)]
  const asDecimal = plain(whole.replaceAll(/[.,]/g, ''), rest)
  const asGroups = plain(written.replaceAll(/[.,]/g, ''), '')
  if (separators.length > 1)
    return [separators.indexOf(last) === separators.length - 1 ? asDecimal : asGroups]
  if (rest.length !== 3 || whole.length > 3 || whole === '0') return [asDecimal]
  if (language === 'en') return [last === ',' ? asGroups : asDecimal]
  if (language === 'pt') return [last === '.' ? asGroups : asDecimal]
  return [asGroups, asDecimal]
}

function plain(whole: string, fraction: string): string {
  const [digits, decimals] = [whole.replace(/^0+(?=\d)/, ''), withoutLastZeros(fraction)]
  return decimals === '' ? digits : `${digits}.${decimals}`
}

function withoutLastZeros(digits: string): string {
  let end = digits.length
  while (digits[end - 1] === '0') end--
  return digits.slice(0, end)
}
