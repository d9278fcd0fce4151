/** A number of bytes in the largest unit that keeps it above one: 482 KB. */
export function bytes(n: number): string {
  const units = ["B", "KB", "MB", "GB"]
  let unit = 0
  while (n >= 1000 && unit < units.length - 1) { n /= 1000; unit++ }
  return `${n < 10 && unit > 0 ? n.toFixed(1) : Math.round(n)} ${units[unit]}`
}
