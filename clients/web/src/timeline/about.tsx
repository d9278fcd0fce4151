import { EmojiPicker } from "../composer/emoji"
import { attempt } from "../app/notice"
import { Confirm } from "../ui/confirm"
import { Line } from "../text/line"
import { preview } from "../text/preview"
import { useActions, type About } from "./actions"
import { ForwardDialog } from "./forward"
import { SeenDialog } from "./seen"

/** The dialog about a message that was asked for. */
export function AboutMessage({ about: { what, message, from }, onClose }: { about: About; onClose(): void }) {
  const { conversation } = useActions()
  const seq = message.seq!
  switch (what) {
    case "react":
      return <EmojiPicker once anchor={from?.isConnected ? from : document.body} onClose={onClose} onPick={(mark) => attempt(conversation.toggle(seq, mark).sent)} />
    case "forward": return <ForwardDialog message={message} onClose={onClose} />
    case "seen": return <SeenDialog message={message} onClose={onClose} />
    case "delete":
      return (
        <Confirm title="Delete for everyone?" action="Delete" onClose={onClose} onConfirm={() => attempt(conversation.deleteForAll(seq).sent)}>
          <p>“<Line text={preview(message)} />” is removed for all members. This cannot be undone.</p>
        </Confirm>
      )
    case "hide":
      return (
        <Confirm title="Delete for me?" action="Delete" onClose={onClose} onConfirm={() => conversation.hide(seq)}>
          <p>“<Line text={preview(message)} />” is hidden on all your devices. Others still see it.</p>
        </Confirm>
      )
  }
}
