import { pieces } from "./links"
import { visible } from "./visible"
import { Name } from "../people/person"
import type { ReactNode } from "react"

/** A text that somebody wrote, shown as it is: links are links, mentions stand out, control characters show, nothing else happens. */
export function Prose({ text, mentions }: { text: string; mentions?: readonly string[] }) {
  return (
    <>
      {pieces(text).map((piece, i) => piece.href
        ? <a key={i} href={piece.href} target="_blank" rel="noopener noreferrer nofollow" dir="ltr">{piece.text}</a>
        : <Words key={i} text={piece.text} mentions={mentions} />)}
    </>
  )
}

function Words({ text, mentions }: { text: string; mentions?: readonly string[] }) {
  return visible(text).map((part, i) => "name" in part
    ? <span key={i} className="control-character" title="control character">{part.name}</span>
    : <span key={i}>{mentions?.length ? marked(part.text, mentions) : part.text}</span>)
}

/** Marks @id of those who are mentioned, and shows what they are called. */
function marked(text: string, mentions: readonly string[]): ReactNode[] {
  const out: ReactNode[] = []
  let end = 0
  for (const match of text.matchAll(/@([A-Za-z0-9][A-Za-z0-9._@:|+-]{0,127})/gu)) {
    let id = match[1]!
    while (!mentions.includes(id) && /[^A-Za-z0-9]$/u.test(id)) id = id.slice(0, -1)
    if (!mentions.includes(id)) continue
    out.push(text.slice(end, match.index), <span key={match.index} className="mention" title={id}>@<Name user={id} /></span>)
    end = match.index + 1 + id.length
  }
  out.push(text.slice(end))
  return out
}
