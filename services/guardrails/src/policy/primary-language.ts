/** `pt` of `pt-BR`: policies know languages, not countries. */
export function primaryLanguage(tag: string): string {
  return tag.toLowerCase().replace(/[-_].*$/s, '')
}
