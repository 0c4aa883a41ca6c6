import { TOOLS } from '../tools/catalogue.ts'
import { type Example, loadExamples, NO, NO_TOOL, YES } from './load-examples.ts'

/** Sentences of drivers for every tool: adding one needs no code. */
export const EXAMPLES: readonly Example[] = loadExamples(new URL('../../examples/', import.meta.url), TOOLS)

/** The first so many of a file and language are shown to the model: its prompt should stay short, and is the same for all. */
const SHOWN_OF_TOOL = 3
const SHOWN_OF_NONE = 6

/** As the lines of the prompt, in the order of the tools. */
export function shownExamples(examples: readonly Example[]): string[] {
  const shown = new Map<string, number>()
  return examples.flatMap(({ tool, language, say, args }) => {
    if (tool === YES || tool === NO) return []
    const key = `${tool} ${language}`
    const count = shown.get(key) ?? 0
    if (count >= (tool === NO_TOOL ? SHOWN_OF_NONE : SHOWN_OF_TOOL)) return []
    shown.set(key, count + 1)
    const call = tool === NO_TOOL ? 'no tool' : `${tool} ${JSON.stringify({ ...args, language })}`
    return [`${JSON.stringify(say)} -> ${call}`]
  })
}
