// Readings a second, from counts that only grow.

export interface Sample { readonly at: number; readonly counts: ReadonlyMap<string, number> }

/** Over all samples kept; a count that fell (the server began anew) starts the reckoning again from there. */
export function rates(samples: readonly Sample[]): Map<string, number> {
  const out = new Map<string, number>()
  const last = samples.at(-1)
  for (const [source, now] of last?.counts ?? []) {
    let first = samples.length - 1
    for (let i = first - 1, later = now; i >= 0; i--) {
      const count = samples[i]?.counts.get(source)
      if (count === undefined || count > later) break
      first = i
      later = count
    }
    const from = samples[first]
    const seconds = ((last?.at ?? 0) - (from?.at ?? 0)) / 1000
    if (from && seconds > 0) out.set(source, (now - (from.counts.get(source) ?? 0)) / seconds)
  }
  return out
}
