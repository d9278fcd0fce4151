import type { ButtonHTMLAttributes, ReactNode, Ref } from "react"
import "./button.css"

type Props = ButtonHTMLAttributes<HTMLButtonElement> & { ref?: Ref<HTMLButtonElement> }

/** A button with words. */
export function Button({ kind = "plain", className = "", ...rest }: Props & { kind?: "plain" | "main" | "danger" | "quiet" }) {
  return <button type="button" {...rest} className={`button ${kind} ${className}`} />
}

/** A button that shows only a picture; the label is its accessible name and its tooltip. */
export function IconButton({ label, icon, className = "", badge, ...rest }: Props & { label: string; icon: ReactNode; badge?: ReactNode }) {
  return (
    <button type="button" aria-label={label} title={label} {...rest} className={`icon-button ${className}`}>
      {icon}{badge}
    </button>
  )
}
