/** A piece of a text: words as they are, or the address of a web page. */
export type Piece = { text: string; href?: string }

const address = /(?<![\p{L}\p{N}_:/@.-])https?:\/\/[^\s/<>"'`{}|\\^][^\s<>"'`{}|\\^]+/giu
const trailing = /[.,:;!?…'"»«”’“„‘‚›‹]+$/u
// What could make an address look like another one: changes of direction, invisible characters, soft hyphens.
const deceptive = /[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|[\u0000-\u001f\u007f-\u009f]/u

/** Finds the addresses in a text. Only http and https count, without credentials, and only if they show where they lead. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let end = 0
  for (const match of text.matchAll(address)) {
    const shown = trim(match[0])
    const url = safe(shown)
    if (!url) continue
    if (match.index > end) found.push({ text: text.slice(end, match.index) })
    found.push({ text: shown, href: url })
    end = match.index + shown.length
  }
  if (end < text.length) found.push({ text: text.slice(end) })
  return found
}

/** Takes off the end what belongs to the sentence: punctuation, and closing brackets that open before the address. */
function trim(text: string): string {
  for (;;) {
    let next = text.replace(trailing, "")
    for (const [open, close] of [["(", ")"], ["[", "]"]] as const) {
      if (next.endsWith(close) && next.split(close).length > next.split(open).length) next = next.slice(0, -1)
    }
    if (next === text) return text
    text = next
  }
}

function safe(text: string): string | undefined {
  if (text.length > 2048 || deceptive.test(text)) return undefined
  let url: URL
  try { url = new URL(text) } catch { return undefined }
  if ((url.protocol !== "https:" && url.protocol !== "http:") || url.username || url.password || !url.hostname) return undefined
  return url.href
}
