/** A value of the facts. What stands in one object shares a place; strings of a list have one each. */
export type Scalar = { value: string | number; key: string; place: number }

// More are no data of one turn.
const SCALARS_MAX = 100_000

/** Everything in a JSON value, however deep, with the length of its longest list. */
export function walkFacts(facts: unknown): { scalars: Scalar[]; keys: Set<string>; countMax: number } {
  const scalars: Scalar[] = []
  const keys = new Set<string>()
  let [countMax, places] = [0, 0]
  const waiting: { value: unknown; key: string; place: number }[] = [{ value: facts, key: '', place: 0 }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, key, place } = next
    if (scalars.length >= SCALARS_MAX) break
    if (typeof value === 'string' || typeof value === 'number') scalars.push({ value, key, place })
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value)) {
      countMax = Math.max(countMax, value.length)
      for (const item of value) waiting.push({ value: item, key, place: ++places })
    } else {
      const inside = ++places
      for (const [name, item] of Object.entries(value)) {
        keys.add(name)
        waiting.push({ value: item, key: name, place: inside })
      }
    }
  }
  return { scalars, keys, countMax }
}
