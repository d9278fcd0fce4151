// Prints what a browser loads before somebody can read and write, gzipped, and fails above the limit: npm run size.
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

/** Bytes after gzip that the first view may have. */
export const limit = 200_000

/**
 * The files of the first view with their sizes in bytes after gzip: the page, its script, all that this imports at once, and
 * their styles. What is loaded when it is needed does not count.
 * @returns {Map<string, number>}
 */
export function firstView(dist = new URL("dist/", import.meta.url)) {
  /** @type {Record<string, { file: string, isEntry?: boolean, imports?: string[], css?: string[] }>} */
  const manifest = JSON.parse(readFileSync(new URL("files.json", dist), "utf8"))
  const files = new Set(["index.html"])
  /** @param {string} name */
  const visit = (name) => {
    const chunk = manifest[name]
    if (!chunk || files.has(chunk.file)) return
    files.add(chunk.file)
    for (const style of chunk.css ?? []) files.add(style)
    for (const imported of chunk.imports ?? []) visit(imported)
  }
  for (const [name, chunk] of Object.entries(manifest)) if (chunk.isEntry) visit(name)
  return new Map([...files].map((file) => [file, gzipSync(readFileSync(new URL(file, dist))).length]))
}

/** @param {Map<string, number>} sizes */
export const total = (sizes) => [...sizes.values()].reduce((sum, n) => sum + n, 0)

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sizes = firstView()
  for (const [file, n] of sizes) console.log(`${(n / 1000).toFixed(1).padStart(8)} KB  ${file}`)
  console.log(`${(total(sizes) / 1000).toFixed(1).padStart(8)} KB  first view, gzipped, of ${limit / 1000} KB`)
  process.exitCode = total(sizes) < limit ? 0 : 1
}
