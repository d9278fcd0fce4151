import type { ConversationSummary } from "@parley-im/client"

export type Filter = "all" | "unread" | "threads" | "requests" | "archived"

/** Whether a conversation is shown under a filter. */
export function kept(c: ConversationSummary, filter: Filter): boolean {
  switch (filter) {
    case "all": return c.kind !== "thread" && !c.archived && !c.request
    case "unread": return (c.unread.count > 0 || c.marked !== undefined) && !c.archived && !c.request
    case "threads": return c.kind === "thread"
    case "requests": return c.request
    case "archived": return c.archived && !c.request
  }
}

const names: Record<Filter, string> = { all: "All", unread: "Unread", threads: "Threads", requests: "Requests", archived: "Archived" }

/** Chooses which conversations are listed; filters that would show nothing are not offered, but for the first two. */
export function Filters({ all, filter, onChoose }: { all: readonly ConversationSummary[]; filter: Filter; onChoose(filter: Filter): void }) {
  return (
    <div className="filters" role="group" aria-label="Show">
      {(Object.keys(names) as Filter[]).map((f) => {
        const some = all.filter((c) => kept(c, f))
        if (some.length === 0 && f !== "all" && f !== "unread" && f !== filter) return null
        const count = f === "requests" ? some.length : f === "threads" ? some.filter((c) => c.unread.count > 0).length : 0
        return (
          <button key={f} type="button" aria-pressed={f === filter} onClick={() => onChoose(f)}>
            {names[f]}{count > 0 && <span className="filters-count">{count}</span>}
          </button>
        )
      })}
    </div>
  )
}
