import { TOOLS } from '../tools/catalogue.ts'
import { type ClassifyByRules, createRules } from './classify-by-rules.ts'
import { EXAMPLES } from './examples.ts'

let learned: ClassifyByRules | undefined

/** The rules that our own examples teach. Learning takes a second, and once is enough for a process. */
export function rulesOfExamples(): ClassifyByRules {
  learned ??= createRules(EXAMPLES, TOOLS)
  return learned
}
