import { Users } from "lucide-react"
import "./avatar.css"

/** The picture of a person or a group, or the first letters of its name on a colour of its own. */
export function Avatar({ id, name, src, size = "medium", group, presence }: {
  id: string; name: string; src?: string; size?: "small" | "medium" | "large" | "huge"; group?: boolean; presence?: string
}) {
  return (
    <span className={`avatar ${size} hue${hue(id)} ${group ? "group" : ""}`} aria-hidden="true">
      {src ? <img src={src} alt="" draggable={false} /> : initials(name) || <Users />}
      {presence && presence !== "unknown" && presence !== "offline" && <i className={`presence ${presence}`} />}
    </span>
  )
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" })

function initials(name: string): string {
  const words = name.split(/[\s._@-]+/u).filter((word) => /^[\p{L}\p{N}\p{Emoji_Presentation}]/u.test(word))
  const chosen = words.length > 1 ? [words[0]!, words.at(-1)!] : words
  return chosen.map((word) => [...graphemes.segment(word)][0]?.segment ?? "").join("").toLocaleUpperCase()
}

function hue(id: string): number {
  let sum = 0
  for (const c of id) sum = (sum * 31 + c.codePointAt(0)!) >>> 0
  return sum % 8
}

/** The colour of a person's name, the same as of their avatar. */
export function hueClass(id: string): string { return `ink-hue${hue(id)}` }
