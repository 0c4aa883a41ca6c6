import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const CHECKOUT = fileURLToPath(new URL('../../../', import.meta.url))
/** `it('S7: …`, `describe('S1, S2: …`, `it.each(…)('P2: …`, over lines. */
const TITLE = /\(\s*['"`]((?:[SP]\d+(?:, )?)+)[: ]/g

/** The files of tests by the numbers that their titles begin with: `S7`, `P2`. */
export function testsByNumber(): ReadonlyMap<string, readonly string[]> {
  const files = globSync('{packages,services,infra,k8s,tests}/**/*.test.ts', {
    cwd: CHECKOUT,
    exclude: ['**/node_modules/**', '**/dist/**'],
  }).toSorted()
  const proofs = files.flatMap((file) =>
    [...readFileSync(`${CHECKOUT}${file}`, 'utf8').matchAll(TITLE)].flatMap(([, numbers = '']) =>
      numbers.split(', ').map((number) => ({ number, file })),
    ),
  )
  return new Map(
    [...Map.groupBy(proofs, ({ number }) => number)].map(([number, all]) => [
      number,
      [...new Set(all.map(({ file }) => file))],
    ]),
  )
}
