const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" })
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short" })
const longDay = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" })
const withYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" })
const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" })
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" })
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" })

const day = 86_400_000

function midnight(at: number): number {
  const date = new Date(at)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}

/** How many days lie between the days of two times, by the calendar here. */
function daysBetween(earlier: number, later: number): number {
  return Math.round((midnight(later) - midnight(earlier)) / day)
}

/** Whether two times are of the same day here. */
export function sameDay(a: number, b: number): boolean { return midnight(a) === midnight(b) }

/** 14:05 */
export function timeOfDay(at: number): string { return clock.format(at) }

/** Everything, for titles. */
export function wholeTime(at: number): string { return full.format(at) }

/** Today, yesterday, a weekday of this week, or a date: above the messages of a day. */
export function dayName(at: number, now = Date.now()): string {
  const days = daysBetween(at, now)
  if (days === 0 || days === 1) return capital(relative.format(-days, "day"))
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? longDay.format(at) : withYear.format(at)
}

/** As short as a list needs it: a time today, a weekday this week, otherwise a date. */
export function brief(at: number, now = Date.now()): string {
  const days = daysBetween(at, now)
  if (days === 0) return clock.format(at)
  return days > 0 && days < 7 ? weekday.format(at) : short.format(at)
}

/** 5 minutes ago, yesterday. */
export function ago(at: number, now = Date.now()): string {
  const seconds = Math.round((at - now) / 1000)
  if (seconds > -60) return "just now"
  if (seconds > -3600) return relative.format(Math.ceil(seconds / 60), "minute")
  if (daysBetween(at, now) === 0) return relative.format(Math.ceil(seconds / 3600), "hour")
  return relative.format(-daysBetween(at, now), "day")
}

/** A length of time in its largest whole unit: 30 seconds, 1 week. */
export function lasting(seconds: number): string {
  for (const [unit, length] of [["week", 604_800], ["day", 86_400], ["hour", 3600], ["minute", 60]] as const) {
    if (seconds >= length && seconds % length === 0) return count(seconds / length, unit)
  }
  return count(seconds, "second")
}

/** 1:05, as players show it. */
export function playing(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`
}

/** 1 file, 2 files. */
export function count(n: number, noun: string): string { return `${n} ${noun}${n === 1 ? "" : "s"}` }

function capital(text: string): string { return text.charAt(0).toUpperCase() + text.slice(1) }
