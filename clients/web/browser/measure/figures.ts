/** Whether the figures are to be reached as they are promised. Beside other tests the machine is busy: then four times is enough. */
export const strict = process.env.PARLEY_MEASURE === "1"

/** What a measurement may take, of what is promised. */
export function allowed(promised: number): number { return strict ? promised : 4 * promised }

/** The value below which a share of all are. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** Prints a figure, whether it was reached or not. */
export function print(what: string, figures: Record<string, string | number>): void {
  console.log(`${what}: ${Object.entries(figures).map(([name, value]) => `${name} ${value}`).join(", ")}`)
}

/** Milliseconds as people read them. */
export const ms = (value: number) => `${value.toFixed(1)} ms`
