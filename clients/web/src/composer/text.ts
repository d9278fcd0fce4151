/** What stands before the caret if it is the beginning of a mention: the letters behind the @ and where that is. */
export function mentionAt(text: string, caret: number): { typed: string; from: number } | undefined {
  const match = /(?:^|[\s(])@([A-Za-z0-9._@:|+-]{0,64})$/u.exec(text.slice(0, caret))
  return match ? { typed: match[1]!, from: caret - match[1]!.length - 1 } : undefined
}

export const everybody = "everybody"

/** Who is mentioned in a text: those of the candidates whose id stands behind an @, and whether all are. */
export function mentionsIn(text: string, candidates: Iterable<string>): { mentions: string[]; everybody: boolean } {
  const names = new Set<string>()
  for (const match of text.matchAll(/@([A-Za-z0-9][A-Za-z0-9._@:|+-]{0,127})/gu)) {
    // A point or colon at the end belongs to the sentence, unless somebody is called so.
    for (let id = match[1]!; ; id = id.slice(0, -1)) {
      names.add(id)
      if (!/[^A-Za-z0-9]$/u.test(id)) break
    }
  }
  return { mentions: [...candidates].filter((id) => names.has(id)), everybody: new RegExp(`(^|\\s)@${everybody}\\b`, "u").test(text) }
}
