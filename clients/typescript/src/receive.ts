import type { Core } from "./core.js";
import type { Entry } from "./entry.js";
import { ParleyError } from "./error.js";
import type { Frame, Line } from "./socket.js";
import type * as wire from "./wire.js";

/** receive takes one frame. Those of a kind that it does not know are stepped over: a newer server may send them. */
export function receive(core: Core, frame: Frame, line: Line): void {
  const { event } = frame;
  if (event === "reply") {
    core.calls.reply(frame);
    return;
  }
  if (event === undefined) {
    if (frame.connectionId) core.calls.doubt(line, new ParleyError("unavailable", "the gateway could not handle the frame"));
    return;
  }
  if (event === "error") refused(core, frame as unknown as wire.ErrorEvent, line);
  else hear(core, event, frame);
  core.emit(event, frame);
}

function hear(core: Core, event: string, frame: Frame): void {
  const handle = events[event];
  if (handle) {
    handle(core, frame as never);
    return;
  }
  const e = frame as unknown as Entry;
  if (!e.conversation || !(e.seq > 0) || !(e.id || event === "hidden")) return;
  if (core.inbox.offer({ ...e, body: e.body ?? {} })) core.follower.missing();
  if (event === "message" && e.from === core.user) core.drafts.spent(core.talk(e.conversation));
}

/** An error without a ref concerns the connection. */
function refused(core: Core, { ref, code, message, ...rest }: wire.ErrorEvent, line: Line): void {
  const error = new ParleyError(code, message, "retry_after" in rest ? rest.retry_after : undefined);
  if (ref) core.calls.refused(ref, error);
  else if (code === "replaced") line.cut(error);
  else if (code === "unauthenticated") line.cut(new ParleyError("token", "the token has expired"));
  else core.calls.doubt(line, new ParleyError("unavailable", message));
}

/** What is in no log, by the name of the event. */
const events: { [event: string]: ((core: Core, frame: never) => void) | undefined } = {
  typing: (core, { conversation, user, kind, for: seconds, read, delivered }: wire.TypingEvent) => {
    if (kind === "none") core.paced.came(conversation);
    else core.paced.expect(conversation, core.clock.now());
    core.pace();
    const talk = core.talk(conversation);
    if (read || delivered) talk.receipt(user, { read, delivered });
    talk.typed(user, kind, seconds);
  },

  receipt: (core, { user, cursors }: wire.ReceiptEvent) => {
    for (const { conversation, read, delivered } of cursors) {
      const talk = core.talk(conversation);
      if (user !== core.user) talk.receipt(user, { read, delivered });
      else if (read) {
        talk.account.reach(user, read);
        core.paced.known(conversation, read);
        talk.outline();
      }
    }
  },

  prefs: (core, { conversation, pinned, archived, muted, mentions_only, cleared = 0, marked, marked_at }: wire.PrefsEvent) => {
    const talk = core.talk(conversation);
    if (talk.line) Object.assign(talk.line, pinned !== undefined && { pinned }, archived !== undefined && { archived }, muted && { muted, mentions_only });
    if (marked !== undefined) talk.account.mark(marked, marked_at ?? 0);
    core.clear(conversation, cleared);
    talk.outline();
  },

  presence: (core, line: wire.PresenceEvent) => core.watch.learn(line),
  hides: (core, { conversation, hides }: wire.HidesEvent) => core.talk(conversation).hide(hides),
  timers: (core, { conversation, messages }: wire.TimersEvent) => core.talk(conversation).timers(messages),
  draft: (core, e: wire.DraftEvent) => core.drafts.heard(core.talk(e.conversation), e),
  relation: (core, e: wire.RelationEvent) => core.people.relate(e),
  scheduled: () => undefined, // for those who listen
  profile: (core, { event: _, ...profile }: wire.ProfileEvent) => core.people.learn(profile),
};
