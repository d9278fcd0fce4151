import type { Found } from "@parley-im/client"
import { useParley } from "@parley-im/client/react"
import { Name, PersonAvatar } from "../people/person"
import { go } from "../router"
import { Line } from "../text/line"
import { oneLine } from "../text/visible"
import { brief } from "../text/time"

/** A message that was found; opening it goes there. */
export function Hit({ hit, title, words }: { hit: Found; title: string; words: string }) {
  const parley = useParley()
  const { entry } = hit
  const body = "text" in entry.body ? entry.body.text : undefined
  const files = "attachments" in entry.body ? entry.body.attachments ?? [] : []
  function open() {
    const root = parley.conversation(hit.conversation).summary.get()?.root
    if (root) go({ at: "conversation", id: root.conversation, side: { kind: "thread", root: root.seq } })
    else go({ at: "conversation", id: hit.conversation, seq: hit.seq })
  }
  return (
    <button type="button" className="hit" onClick={open}>
      <PersonAvatar user={entry.from} size="small" />
      <span className="hit-text">
        <span className="hit-top"><Name user={entry.from} /><small>in <Line text={title} /></small><time>{brief(Date.parse(entry.at))}</time></span>
        {body && <bdi className="hit-body">{marked(oneLine(around(body, words), 240), words)}</bdi>}
        {files.map((f) => <small key={f.media}><Line text={f.name} /></small>)}
      </span>
    </button>
  )
}

function terms(words: string): string[] {
  return words.split(/[\s"]+/u).filter(Boolean).map((w) => w.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
}

/** The part of a text in which the first of the words is. */
function around(text: string, words: string): string {
  const [first] = terms(words)
  const at = first ? text.search(new RegExp(first, "iu")) : -1
  return at > 80 ? "…" + text.slice(at - 60) : text
}

function marked(text: string, words: string) {
  const all = terms(words)
  if (all.length === 0) return text
  return text.split(new RegExp(`(${all.join("|")})`, "iu")).map((part, i) => (i % 2 ? <mark key={i}>{part}</mark> : part))
}
