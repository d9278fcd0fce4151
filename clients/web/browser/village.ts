import { join as path } from "node:path"
import { inject } from "vitest"
import { Partner } from "./partner"
import { root } from "./stack"
import { someone } from "./visitor"

const picture = path(root, "infra/local/console/console.png")
const boat = path(root, "clients/web/public/icon-512.png")

/** Ann's life, as one finds it when one signs in as her: some conversations with all that there can be in them. */
export interface Village {
  ann: string
  bob: Partner; chloe: Partner; dora: Partner
  /** What the conversation with Bob and the group are called. */
  direct: string; group: string
  /** The code of a link into a group that Ann is not in. */
  link: string
  close(): Promise<void>
}

/** Has people talk to each other and to Ann, who uses the Go client for that and leaves. */
export async function settle(): Promise<Village> {
  const where = inject("stack")
  const join = (name: string) => Partner.join(where, someone(name))
  const [ann, bob, chloe, dora] = await Promise.all([join("ann"), join("bob"), join("chloe"), join("dora")])
  await ann.act({ do: "profile", name: "Ann Archer", text: "Sails on Sundays" })
  await bob.act({ do: "profile", name: "Bob Berg", text: "Usually at the harbour" })
  await chloe.act({ do: "profile", name: "Chloé Martin" })
  await dora.act({ do: "profile", name: "Dora Stranger" })
  await ann.act({ do: "contact", user: bob.user, name: "" })

  const asked = await bob.act({ do: "say", user: ann.user, text: "Shall we sail on Sunday? The forecast says four Beaufort from the west, rising in the afternoon. https://example.com/forecast/north-sea" })
  const answer = await ann.act({ do: "reply", user: bob.user, seq: asked.seq, text: "Yes! At nine, if the tide allows." })
  await bob.act({ do: "react", conversation: asked.conversation, seq: answer.seq, text: "⛵️" })
  await bob.act({ do: "file", user: ann.user, file: boat, type: "image/png", name: "boat.png", text: "She is ready" })
  await bob.act({ do: "file", user: ann.user, file: path(root, "README.md"), type: "text/plain", name: "What to bring.txt" })
  const wrong = await ann.act({ do: "say", user: bob.user, text: "I bring cofee" })
  await ann.act({ do: "edit", conversation: asked.conversation, seq: wrong.seq, text: "I bring coffee ☕️ and the charts.\nAnd rope, since the old one is worn out:\n- 2 × 20 m\n- 1 × 5 m" })
  await bob.act({ do: "react", conversation: asked.conversation, seq: wrong.seq, text: "👍" })
  const gone = await bob.act({ do: "say", user: ann.user, text: "wrong window" })
  await bob.act({ do: "delete", conversation: asked.conversation, seq: gone.seq })
  await bob.act({ do: "say", user: ann.user, text: "🎉" })

  const name = "Sailing club"
  const group = await ann.act({ do: "group", name, users: [bob.user, chloe.user] })
  const topic = await chloe.act({ do: "say", conversation: group.conversation, text: "Who looks after the club house in December?" })
  await bob.act({ do: "say", conversation: group.conversation, text: "Not me, I am away" })
  await chloe.act({ do: "file", conversation: group.conversation, file: picture, type: "image/png", name: "plan.png", text: "The plan so far" })
  await chloe.act({ do: "thread", conversation: group.conversation, seq: topic.seq, text: "The first two weeks are taken" })
  await ann.act({ do: "thread", conversation: group.conversation, seq: topic.seq, text: "I take the third" })
  await ann.act({ do: "pin", conversation: group.conversation, seq: topic.seq })
  await chloe.act({ do: "react", conversation: group.conversation, seq: topic.seq, text: "❤️" })
  await ann.act({ do: "group", name: "Regatta 2027", users: [chloe.user] })

  const winter = await chloe.act({ do: "group", name: "Winter crew", users: [bob.user] })
  const { text: link } = await chloe.act({ do: "invite", conversation: winter.conversation })

  await ann.act({ do: "admit", text: "contacts" })
  await dora.act({ do: "say", user: ann.user, text: "Hello, we met at the regatta. May I ask you something?" })
  await chloe.act({ do: "say", conversation: group.conversation, text: "Thank you, all of you!" })
  await ann.leave()
  return {
    ann: ann.user, bob, chloe, dora, direct: "Bob Berg", group: name, link: link!,
    async close() { await Promise.all([bob, chloe, dora].map((partner) => partner.leave())) },
  }
}
