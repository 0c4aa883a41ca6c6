/**
 * Runs each arm once per round, one after the other, so that what else the machine does meets all of them. Each says what
 * it has seen in every round but the first, which warms up caches and compilers.
 */
export async function alternate<Arms extends Record<string, () => Promise<unknown>>>(
  rounds: number,
  arms: Arms,
): Promise<{ [Name in keyof Arms]: Awaited<ReturnType<Arms[Name]>>[] }> {
  const seen = Object.fromEntries(Object.keys(arms).map((name) => [name, [] as unknown[]]))
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, arm] of Object.entries(arms)) {
      const result = await arm()
      if (round > 0) seen[name]?.push(result)
    }
  }
  return seen as { [Name in keyof Arms]: Awaited<ReturnType<Arms[Name]>>[] }
}
