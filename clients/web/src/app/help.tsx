import { Dialog } from "../ui/dialog"
import "./help.css"

const keys: [string, [string, string][]][] = [
  ["Everywhere", [
    ["Ctrl K", "find a conversation or a person"], ["Ctrl Shift F", "search messages"], ["Ctrl ,", "settings"],
    ["Alt ↑ Alt ↓", "conversation above or below"], ["Esc", "close what is open"], ["?", "this page"],
  ]],
  ["Writing", [
    ["Enter", "send"], ["Shift Enter", "new line"], ["↑", "edit your last message, if nothing is written"],
    ["@", "mention somebody"], ["Esc", "stop replying or editing"],
  ]],
  ["Messages", [
    ["↑ ↓", "message before or after"], ["R", "reply"], ["E", "edit"], ["T", "open its thread"], ["+", "react"], ["Enter", "what else can be done"],
    ["Home End", "oldest that is loaded, newest"],
  ]],
]

/** Shows all keys. */
export function Help({ onClose }: { onClose(): void }) {
  return (
    <Dialog title="Keyboard shortcuts" size="large" onClose={onClose}>
      <div className="help" role="group" aria-label="Keys" tabIndex={0}>
        {keys.map(([where, list]) => (
          <section key={where}>
            <h3>{where}</h3>
            <dl>
              {list.map(([key, what]) => (
                <div key={key + what}><dt>{key.split(" ").map((k) => <kbd key={k}>{k}</kbd>)}</dt><dd>{what}</dd></div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
