import { MessageCircle } from "lucide-react"
import { Button } from "../ui/button"
import "./welcome.css"

/** What stands where no conversation is open. */
export function Welcome({ onNew }: { onNew(): void }) {
  return (
    <div className="welcome">
      <MessageCircle aria-hidden="true" />
      <h1>No conversation open</h1>
      <p>Choose one on the left, or begin a new one. <kbd>Ctrl</kbd> <kbd>K</kbd> finds anybody, <kbd>?</kbd> shows all keys.</p>
      <Button kind="main" onClick={onNew}>New conversation</Button>
    </div>
  )
}
