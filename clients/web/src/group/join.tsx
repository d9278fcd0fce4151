import type { wire } from "@parley-im/client"
import { useParley } from "@parley-im/client/react"
import { useEffect, useState } from "react"
import { failure } from "../app/failure"
import { go } from "../router"
import { Line } from "../text/line"
import { count } from "../text/time"
import { Avatar } from "../ui/avatar"
import { Button } from "../ui/button"
import { Spinner } from "../ui/spinner"
import "./join.css"

/** Where a link into a group leads: the code stands behind the #, so that no server sees it. */
export function JoinPage() {
  const parley = useParley()
  const [code] = useState(() => location.hash.slice(1))
  const [found, setFound] = useState<wire.PreviewResult>()
  const [trouble, setTrouble] = useState("")
  const [busy, setBusy] = useState(false)
  useEffect(() => { parley.preview(code).then(setFound, (error: unknown) => setTrouble(failure(error))) }, [parley, code])
  async function join() {
    setBusy(true)
    try {
      const group = await parley.join(code)
      go({ at: "conversation", id: group.id }, "replace")
    } catch (error) {
      setTrouble(failure(error))
      setBusy(false)
    }
  }
  return (
    <div className="join">
      {!found && !trouble && <Spinner label="Looking where the link leads" />}
      {found && (
        <>
          <Avatar id={found.conversation} name={found.name} src={found.picture?.url} group size="huge" />
          <h1><Line text={found.name} /></h1>
          <p className="hint">{count(found.size, "member")}</p>
          <Button kind="main" disabled={busy} onClick={() => void join()}>Join the group</Button>
        </>
      )}
      {trouble && <><h1>This link does not work</h1><p role="alert" className="trouble">{trouble}</p></>}
      <Button kind="quiet" onClick={() => go({ at: "home" })}>Not now</Button>
    </div>
  )
}
