import { useSyncExternalStore, type MouseEvent } from "react"

/** Where one is in the app. A user is a direct conversation that may not have begun. */
export type Route =
  | { at: "home" }
  | { at: "conversation"; id: string; seq?: number; side?: Side }
  | { at: "user"; user: string }
  | { at: "search"; in?: string }
  | { at: "settings" }
  | { at: "join" }

/** What stands beside a conversation: a thread by its root, or one of its pages. */
export type Side = { kind: "thread"; root: number } | { kind: "info" | "pins" }

/** Reads an address; what is no address of the app is home. */
export function parse(path: string, search = ""): Route {
  const [first, second, third, fourth] = path.split("/").filter(Boolean).map(decode)
  const query = new URLSearchParams(search)
  if (first === "c" && second) {
    const route: Route = { at: "conversation", id: second }
    const seq = number(query.get("at"))
    if (seq) route.seq = seq
    const root = number(fourth)
    if (third === "t" && root) route.side = { kind: "thread", root }
    if (third === "info" || third === "pins") route.side = { kind: third }
    return route
  }
  if (first === "u" && second) return { at: "user", user: second }
  if (first === "search") return { at: "search", ...(query.get("in") ? { in: query.get("in")! } : {}) }
  if (first === "settings" || first === "join") return { at: first }
  return { at: "home" }
}

/** The address of a route; parse undoes it. */
export function href(route: Route): string {
  switch (route.at) {
    case "conversation": {
      const side = route.side && (route.side.kind === "thread" ? `/t/${route.side.root}` : `/${route.side.kind}`)
      return `/c/${encodeURIComponent(route.id)}${side ?? ""}${route.seq ? `?at=${route.seq}` : ""}`
    }
    case "user": return `/u/${encodeURIComponent(route.user)}`
    case "search": return route.in ? `/search?in=${encodeURIComponent(route.in)}` : "/search"
    case "settings": return "/settings"
    case "join": return "/join"
    case "home": return "/"
  }
}

function decode(part: string): string {
  try { return decodeURIComponent(part) } catch { return part }
}

function number(text: string | null | undefined): number | undefined {
  return text && /^[1-9]\d{0,15}$/.test(text) ? Number(text) : undefined
}

const changed = new EventTarget()
let current = { path: "", route: { at: "home" } as Route }

function read(): Route {
  const path = location.pathname + location.search
  if (path !== current.path) current = { path, route: parse(location.pathname, location.search) }
  return current.route
}

function subscribe(listener: () => void): () => void {
  changed.addEventListener("change", listener)
  addEventListener("popstate", listener)
  return () => { changed.removeEventListener("change", listener); removeEventListener("popstate", listener) }
}

/** Goes somewhere, by a new entry of the browser's history or in place of the present one. */
export function go(route: Route, how: "push" | "replace" = "push"): void {
  const to = href(route)
  if (to === location.pathname + location.search) how = "replace"
  history[how === "push" ? "pushState" : "replaceState"](null, "", to)
  changed.dispatchEvent(new Event("change"))
}

/** The present route; the component is drawn again when it changes. */
export function useRoute(): Route {
  return useSyncExternalStore(subscribe, read)
}

/** What makes a link go there without loading a page; other ways of opening it stay the browser's. */
export function link(route: Route) {
  return {
    href: href(route),
    onClick(e: MouseEvent) {
      if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return
      e.preventDefault()
      go(route)
    },
  }
}
