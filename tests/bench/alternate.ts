/**
 * Runs each arm once per round, one after the other, so that what else the machine does meets all of them. Returns what an
 * arm has seen in every round but the first, which warms up caches and compilers.
 */
export async function alternate<Name extends string, Seen>(
  rounds: number,
  arms: Record<Name, () => Promise<Seen>>,
): Promise<(name: Name) => Seen[]> {
  const seen = new Map<string, Seen[]>()
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, arm] of Object.entries<() => Promise<Seen>>(arms)) {
      const result = await arm()
      if (round > 0) seen.set(name, [...(seen.get(name) ?? []), result])
    }
  }
  return (name) => seen.get(name) ?? []
}
