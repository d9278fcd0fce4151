/** A piece of a text whose characters all show, or one that would not and its name. */
export type Shown = { text: string } | { name: string }

// Line breaks and tabs are layout. Joiners and variation selectors belong to emoji and scripts. Isolates and marks of direction
// are harmless inside <bdi>; overrides and embeddings reorder what is written, so they are shown.
const hidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]|[\u{e0000}-\u{e001f}]/gu

/** Splits a text at control characters, which are shown by their code point. */
export function visible(text: string): Shown[] {
  const parts: Shown[] = []
  let end = 0
  for (const match of text.matchAll(hidden)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index) })
    parts.push({ name: "U+" + match[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0") })
    end = match.index + match[0].length
  }
  if (end < text.length) parts.push({ text: text.slice(end) })
  return parts
}

/** A text on one line, for previews and names: spaces for line breaks, code points for control characters. */
export function oneLine(text: string, most = 200): string {
  const short = text.length > most ? text.slice(0, most) + "…" : text
  return visible(short.replace(/\s+/gu, " ")).map((part) => ("text" in part ? part.text : part.name)).join("")
}
