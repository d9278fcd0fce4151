import { Timer } from "./clock.js";
import type { Core } from "./core.js";
import type { Draft } from "./summary.js";
import type { Talk } from "./talk.js";
import { DraftPause, type DraftEvent } from "./wire.js";

/** What is known of the draft of one conversation. */
interface Drafting {
  wanted: Draft | undefined;
  /** What the server has, as far as this device knows. */
  stored: Draft | undefined;
  /** The server may have one: clearing it is worth a request. */
  kept: boolean;
  /** How many messages are on their way that clear it. Until they are there, nothing is stored. */
  sending: number;
  busy: boolean;
  due: Timer;
}

const same = (a: Draft | undefined, b: Draft | undefined) => a?.text === b?.text && a?.reply === b?.reply;

/** Drafts are what the user has begun to write. One that is written here is later than what comes from elsewhere. */
export class Drafts {
  readonly #all = new Map<string, Drafting>();

  constructor(private readonly core: Core) {}

  #of(talk: Talk): Drafting {
    let d = this.#all.get(talk.id);
    if (!d) {
      d = { wanted: undefined, stored: undefined, kept: false, sending: 0, busy: false, due: new Timer(this.core.clock, () => void this.#settle(talk)) };
      this.#all.set(talk.id, d);
    }
    return d;
  }

  /** The user has written so far; it is stored when nothing has changed for a moment. */
  set(talk: Talk, draft: Draft | undefined): void {
    const d = this.#of(talk);
    if (same(d.wanted, draft)) return;
    d.wanted = draft;
    this.#show(talk, draft);
    d.due.start(DraftPause * 1000);
  }

  #show(talk: Talk, draft: Draft | undefined): void {
    talk.draftNow = draft;
    if (talk.line) delete talk.line.draft;
    talk.draft.set(draft);
    talk.outline();
    this.core.keep(`d:${talk.id}`, () => talk.draftNow && { ...talk.draftNow, peer: this.core.peer(talk.id) });
  }

  /** A message clears the draft. Tells whether the server may have one that it has to clear, too. */
  sending(talk: Talk): boolean {
    const d = this.#of(talk);
    d.wanted = undefined;
    d.sending++;
    d.due.stop();
    this.#show(talk, undefined);
    return d.kept;
  }

  /** The outcome of a message that cleared the draft if it was stored. */
  sent(talk: Talk, stored: boolean): void {
    const d = this.#of(talk);
    d.sending = Math.max(0, d.sending - 1);
    if (stored && !d.busy) {
      d.kept = false;
      d.stored = undefined;
    }
    if (!this.#settled(d)) void this.#settle(talk);
  }

  #settled(d: Drafting): boolean {
    return d.wanted ? d.kept && same(d.wanted, d.stored) : !d.kept;
  }

  /** Has the server have what is wanted. */
  async #settle(talk: Talk): Promise<void> {
    const d = this.#of(talk);
    if (d.busy || this.core.idle) return;
    d.busy = true;
    try {
      while (!this.#settled(d) && d.sending === 0 && d.due.due === undefined) {
        const { wanted } = d;
        d.kept = true; // from now on it may be there, whatever comes back
        await this.core.ask("draft", { to: this.core.target(talk.id), body: wanted });
        d.kept = wanted !== undefined;
        d.stored = wanted;
      }
    } catch {
      d.stored = d.wanted; // and it will not be: a longer or later one may
    } finally {
      d.busy = false;
    }
  }

  /** A draft of another device, or one that was cleared there. */
  heard(talk: Talk, e: DraftEvent): void {
    const d = this.#of(talk);
    if (d.sending > 0) return; // what is on its way clears it
    d.kept = e.body !== undefined;
    d.stored = e.body && { text: e.body.text, reply: e.body.reply || undefined };
    if (d.due.due !== undefined || d.busy) return;
    d.wanted = d.stored;
    this.#show(talk, d.stored);
  }

  /** A message of the user's own from another device has cleared it. */
  spent(talk: Talk): void {
    const d = this.#all.get(talk.id);
    if (!d?.wanted || d.busy || d.sending > 0 || d.due.due !== undefined) return;
    d.wanted = d.stored = undefined;
    this.#show(talk, undefined);
  }

  /** Takes the complete list of the server: what is not on it and not being written here was sent or cleared. */
  listed(list: DraftEvent[], talks: Iterable<Talk>): void {
    const on = new Map(list.map((e) => [e.conversation, e]));
    for (const e of list) this.heard(this.core.talk(e.conversation), e);
    for (const talk of talks) {
      const d = this.#all.get(talk.id);
      if (on.has(talk.id) || !d || d.busy || d.sending > 0) continue;
      d.kept = false;
      if (d.due.due === undefined && d.wanted && same(d.wanted, d.stored)) {
        d.wanted = d.stored = undefined;
        this.#show(talk, undefined);
      } else if (d.wanted) void this.#settle(talk);
    }
  }

  /** What was being written when the client was last there. */
  restore(talk: Talk, draft: Draft): void {
    const { text, reply } = draft;
    const d = this.#of(talk);
    d.wanted = talk.draftNow = { text, reply };
    d.kept = true;
    talk.draft.stale();
  }

  stop(): void {
    for (const { due } of this.#all.values()) due.stop();
  }
}
