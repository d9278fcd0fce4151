import type { Conversation, Message } from "@parley-im/client"
import { createContext, useContext } from "react"

/** Dialogs about one message. */
export type About = { what: "forward" | "delete" | "hide" | "seen" | "react"; message: Message; from?: HTMLElement | null }

/** What can be done with the messages of the conversation around. */
export interface Actions {
  readonly conversation: Conversation
  readonly me: string
  /** Whether the conversation is a thread, whose messages have no threads. */
  readonly thread: boolean
  readonly group: boolean
  /** What the user may do here. */
  readonly can: ReadonlySet<string>
  reply(message: Message): void
  edit(message: Message): void
  openThread(seq: number): void
  jump(seq: number): void
  about(about: About): void
}

export const ActionsContext = createContext<Actions | undefined>(undefined)

export function useActions(): Actions {
  const actions = useContext(ActionsContext)
  if (!actions) throw new Error("there is no conversation around this component")
  return actions
}
