import { Component, type ReactNode } from "react"
import { Button } from "../ui/button"

/** Keeps what fails in it from taking the rest of the page along: a part of the app that cannot be loaded, or a mistake of ours. */
export class Boundary extends Component<{ children: ReactNode; name: string }, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() { return { failed: true } }

  override componentDidUpdate(before: { name: string }) {
    if (before.name !== this.props.name && this.state.failed) this.setState({ failed: false })
  }

  override render() {
    if (!this.state.failed) return this.props.children
    return (
      <div className="shell-wait" role="alert">
        <div className="shell-failed">
          <p>This part of Parley cannot be shown at the moment.</p>
          <Button onClick={() => location.reload()}>Load the page again</Button>
        </div>
      </div>
    )
  }
}
