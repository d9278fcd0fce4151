import { Users } from "lucide-react"
import "./avatar.css"

/** The picture of a person or a group, or the first letters of its name on a colour of its own. */
export function Avatar({ id, name, src, size = "medium", group, presence }: {
  id: string; name: string; src?: string; size?: "small" | "medium" | "large" | "huge"; group?: boolean; presence?: string
}) {
  const letters = initials(name) // a picture and no text: what is around it is named in words
  return (
    <span className={`avatar ${size} hue${hue(id)} ${group ? "group" : ""}`} aria-hidden="true" data-initials={src ? undefined : letters}>
      {src ? <img src={src} alt="" draggable={false} /> : !letters && <Users />}
      {presence && presence !== "unknown" && presence !== "offline" && <i className={`presence ${presence}`} />}
    </span>
  )
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" })

function initials(name: string): string {
  const all = name.split(/[\s._@-]+/u)
  const letters = all.filter((word) => /^\p{L}/u.test(word))
  const words = letters.length ? letters : all.filter((word) => /^[\p{N}\p{Emoji_Presentation}]/u.test(word)).slice(0, 1)
  const chosen = words.length > 1 ? [words[0]!, words.at(-1)!] : words
  return chosen.map((word) => [...graphemes.segment(word)][0]?.segment ?? "").join("").toLocaleUpperCase()
}

function hue(id: string): number {
  let hash = 0x811c9dc5 // FNV-1a
  for (const c of id) hash = Math.imul(hash ^ c.codePointAt(0)!, 0x01000193)
  return (hash ^ (hash >>> 15)) & 7
}

/** The colour of a person's name, the same as of their avatar. */
export function hueClass(id: string): string { return `ink-hue${hue(id)}` }
