import { useSyncExternalStore } from "react"

/** Light, dark, or as the system has it. */
export type Theme = "system" | "light" | "dark"

const key = "parley.theme" // the console reads it, too
const changed = new EventTarget()

export function theme(): Theme {
  const kept = localStorage.getItem(key)
  return kept === "light" || kept === "dark" ? kept : "system"
}

export function setTheme(to: Theme): void {
  if (to === "system") localStorage.removeItem(key)
  else localStorage.setItem(key, to)
  applyTheme()
  changed.dispatchEvent(new Event("change"))
}

/** Puts the choice on the page; before anything is drawn, so that nothing flashes. */
export function applyTheme(): void {
  const now = theme()
  if (now === "system") delete document.documentElement.dataset["theme"]
  else document.documentElement.dataset["theme"] = now
}

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    changed.addEventListener("change", listener)
    return () => changed.removeEventListener("change", listener)
  }, theme)
}
