import { useContacts, useParley, useReadable } from "@parley-im/client/react"
import { useState } from "react"
import { attempt } from "../app/notice"
import { PersonLine } from "../people/person"
import { PeoplePicker } from "../people/picker"
import { go } from "../router"
import { Button } from "../ui/button"
import { Dialog } from "../ui/dialog"
import "../side/side.css"

/** The user's contacts, and whom they have blocked. */
export function PeopleSettings() {
  const parley = useParley()
  const contacts = useContacts()
  const blocked = useReadable(parley.blocked)
  const [adding, setAdding] = useState(false)
  return (
    <>
      <section className="card" aria-labelledby="contacts">
        <div className="side-heading"><h2 id="contacts">Contacts</h2><Button onClick={() => setAdding(true)}>Add</Button></div>
        {contacts.length === 0 && <p className="hint">You have no contacts yet.</p>}
        <ul>
          {contacts.map((c) => (
            <li key={c.user}>
              <PersonLine user={c.user} actions={<>
                <Button kind="quiet" onClick={() => go({ at: "user", user: c.user })}>Message</Button>
                <Button kind="quiet" onClick={() => attempt(parley.removeContact(c.user))}>Remove</Button>
              </>} />
            </li>
          ))}
        </ul>
      </section>
      {blocked.length > 0 && (
        <section className="card" aria-labelledby="blocked">
          <h2 id="blocked">Blocked</h2>
          <ul>
            {blocked.map((b) => <li key={b.user}><PersonLine user={b.user} actions={<Button kind="quiet" onClick={() => attempt(parley.unblock(b.user))}>Unblock</Button>} /></li>)}
          </ul>
        </section>
      )}
      {adding && (
        <Dialog title="Add a contact" onClose={() => setAdding(false)}>
          <PeoplePicker single chosen={[]} without={contacts.map((c) => c.user)} onChoose={([user]) => { setAdding(false); if (user) attempt(parley.setContact(user)) }} />
        </Dialog>
      )}
    </>
  )
}
