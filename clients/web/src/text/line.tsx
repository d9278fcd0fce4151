import { oneLine } from "./visible"

/** A name or a preview that somebody wrote, on one line and apart from the direction of what stands around it. */
export function Line({ text, className }: { text: string; className?: string }) {
  return <bdi className={className}>{oneLine(text)}</bdi>
}
