import { useId, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes } from "react"
import "./field.css"

/** A line of text with its label. */
export function Field({ label, hint, trouble, ...rest }: InputHTMLAttributes<HTMLInputElement> & { label: string; hint?: ReactNode; trouble?: string }) {
  const id = useId()
  return (
    <div className="labelled">
      <label htmlFor={id}>{label}</label>
      <input id={id} className="input" aria-invalid={trouble ? true : undefined} aria-describedby={hint || trouble ? id + "-hint" : undefined} {...rest} />
      {(trouble || hint) && <p id={id + "-hint"} className={trouble ? "trouble" : "hint"} role={trouble ? "alert" : undefined}>{trouble || hint}</p>}
    </div>
  )
}

/** One of a few choices. */
export function Choice<T extends string | number>({ label, hint, value, options, onChoose, ...rest }:
  Omit<SelectHTMLAttributes<HTMLSelectElement>, "value"> & { label: string; hint?: ReactNode; value: T; options: readonly (readonly [NoInfer<T>, string])[]; onChoose(value: T): void }) {
  const id = useId()
  return (
    <div className="setting">
      <div><label htmlFor={id}>{label}</label>{hint && <p className="hint" id={id + "-hint"}>{hint}</p>}</div>
      <select id={id} className="input" value={value} aria-describedby={hint ? id + "-hint" : undefined} {...rest}
        onChange={(e) => onChoose(options[e.target.selectedIndex]![0])}>
        {options.map(([key, text]) => <option key={key} value={key}>{text}</option>)}
      </select>
    </div>
  )
}

/** On or off. */
export function Switch({ label, hint, on, onSwitch, disabled }: { label: string; hint?: ReactNode; on: boolean; onSwitch(on: boolean): void; disabled?: boolean }) {
  const id = useId()
  return (
    <div className="setting">
      <div><label htmlFor={id}>{label}</label>{hint && <p className="hint" id={id + "-hint"}>{hint}</p>}</div>
      <input id={id} type="checkbox" role="switch" className="switch" checked={on} disabled={disabled} aria-describedby={hint ? id + "-hint" : undefined}
        onChange={(e) => onSwitch(e.target.checked)} />
    </div>
  )
}
