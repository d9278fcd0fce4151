import { Timer } from "./clock.js";
import type { Core } from "./core.js";
import { stamp } from "./entry.js";
import { Cell, cell } from "./readable.js";
import type { Blocked, Contact, Muted, Profile } from "./summary.js";
import { MaxProfiles, type ProfilesResult, type RelationEvent, type Profile as Shown } from "./wire.js";

/** How many profiles are remembered, in memory and in the store. */
const mostProfiles = 2000;

/** After how many milliseconds profiles are fetched again when a connection opens. */
const refreshEvery = 3_600_000;

/** A user, and since or until when. */
type Since = [user: string, at: number];

/** People is what the user knows of others, and what they have decided about them. */
export class People {
  readonly #shown = new Map<string, Shown>();
  readonly #cells = new Map<string, Cell<Profile>>();
  readonly #wanted = new Set<string>();
  readonly #asked = new Set<string>();
  #asking = false;
  #refreshed = 0;
  #names = new Map<string, string | undefined>();
  readonly contacts: Cell<readonly Contact[]>;
  /** Whom the user has blocked since when, and muted until when. */
  #blocked = new Map<string, number>();
  #muted = new Map<string, number>();
  readonly blocked = new Cell<readonly Blocked[]>(() => [...this.#blocked].map(([user, since]) => ({ user, since })));
  readonly muted = new Cell<readonly Muted[]>(() => [...this.#muted].map(([user, until]) => ({ user, until })));
  /** Those whose messages do not count as unread, as a text; undefined before that is known. */
  #who?: string;
  /** When the next mute is over. */
  readonly over: Timer;

  constructor(private readonly core: Core) {
    this.contacts = cell<readonly Contact[]>([], () => void this.loadContacts());
    this.over = new Timer(core.clock, () => this.#silence());
  }

  /** What a user shows of themselves; asking for it has it fetched, once. */
  profile(user: string): Cell<Profile> {
    let known = this.#cells.get(user);
    if (!known) {
      known = new Cell(() => this.#describe(user));
      this.#cells.set(user, known);
    }
    this.#want(user);
    return known;
  }

  #describe(user: string): Profile {
    const { name, about, picture } = this.#shown.get(user) ?? {};
    return {
      user,
      name: this.#names.get(user) ?? name ?? user,
      about: about || undefined,
      picture: picture || undefined,
      known: this.#asked.has(user),
    };
  }

  #want(user: string): void {
    if (this.#asked.has(user) || this.#wanted.has(user)) return;
    this.#wanted.add(user);
    if (!this.#asking) queueMicrotask(() => void this.#fetch());
  }

  /** Fetches the profiles that are wanted, as many at once as a request names. */
  async #fetch(): Promise<void> {
    if (this.#asking || this.core.idle) return;
    this.#asking = true;
    try {
      while (this.#wanted.size > 0) {
        const users = [...this.#wanted].slice(0, MaxProfiles);
        const { profiles } = await this.core.ask<ProfilesResult>("profiles", { users });
        if (profiles.length === 0) return;
        for (const profile of profiles) {
          this.#wanted.delete(profile.user);
          this.learn(profile);
        }
      }
    } catch {
      // the next connection asks again
    } finally {
      this.#asking = false;
    }
  }

  /** Nobody tells that somebody else's profile has changed: at a connect, what was fetched long ago is fetched again. */
  opened(): void {
    const now = this.core.clock.now();
    if (now - this.#refreshed > refreshEvery) {
      for (const user of this.#asked) this.#wanted.add(user);
      this.#refreshed = now;
    }
    void this.#fetch();
  }

  /** A profile as it is now. */
  learn(profile: Shown): void {
    this.#asked.add(profile.user);
    const known = this.#shown.get(profile.user);
    if (known && (known.version ?? 0) > (profile.version ?? 0)) return;
    this.#shown.delete(profile.user);
    this.#shown.set(profile.user, profile);
    const [oldest] = this.#shown.keys();
    if (this.#shown.size > mostProfiles && oldest) this.#shown.delete(oldest);
    if (!known || known.version !== profile.version) this.#changed(profile.user);
    else this.#cells.get(profile.user)?.stale();
    this.core.keep("profiles", () => [...this.#shown.values()]);
  }

  /** Somebody is called or looks different. */
  #changed(user: string): void {
    this.#cells.get(user)?.stale();
    this.core.renamed(user);
  }

  restore(profiles: Shown[] | undefined, names: Array<[string, string | undefined]> | undefined, silent?: [Since[], Since[]]): void {
    for (const profile of profiles ?? []) this.#shown.set(profile.user, profile);
    this.#names = new Map(names);
    if (silent) this.#silence(...silent);
    for (const user of this.#cells.keys()) this.#changed(user);
  }

  async loadContacts(): Promise<void> {
    const all = await this.core.pages("contacts");
    if (!all) return;
    this.contacts.set(all);
    const before = this.#names;
    this.#names = new Map(all.map(({ user, name }) => [user, name]));
    for (const user of [...before.keys(), ...this.#names.keys()]) if (before.get(user) !== this.#names.get(user)) this.#changed(user);
    for (const { profile } of all) if (profile) this.learn(profile);
    this.core.keep("names", () => [...this.#names]);
  }

  /** Those whose messages do not count as unread: who is muted or blocked. */
  get silent(): ReadonlySet<string> {
    return new Set([...this.#blocked.keys(), ...this.#muted.keys()]);
  }

  /** Asks whom the user has blocked and muted, anew if that changes meanwhile: the answer may be older. */
  async loadSilent(): Promise<void> {
    const before = this.#blocked;
    const blocked = await this.core.pages("blocked");
    const muted = await this.core.pages("muted");
    if (before !== this.#blocked) return this.loadSilent();
    if (!blocked || !muted) return;
    this.#silence(blocked.map(({ user, since }) => [user, Date.parse(since)]), muted.map(({ user, until }) => [user, Date.parse(until)]));
  }

  /** Takes what was decided about a user, here or on another device. */
  relate({ user, blocked, muted }: Omit<RelationEvent, "event">): void {
    if (blocked !== undefined) this.#blocked.set(user, blocked ? this.core.serverNow() : 0);
    if (muted) this.#muted.set(user, Date.parse(muted));
    this.#silence();
  }

  /** Counts anew if others are silent than before. The first time, the server has counted by it. */
  #silence(blocked: Iterable<Since> = this.#blocked, muted: Iterable<Since> = this.#muted): void {
    const now = this.core.serverNow();
    this.#blocked = new Map([...blocked].filter(([, since]) => since));
    this.#muted = new Map([...muted].filter(([, until]) => until > now));
    this.blocked.stale();
    this.muted.stale();
    this.core.keep("silent", () => [[...this.#blocked], [...this.#muted]]);
    this.over.start(Math.min(...this.#muted.values()) - now);
    const who = JSON.stringify([...this.silent]);
    if (who !== this.#who) this.core.recount(this.#who);
    this.#who = who;
  }

  async setContact(user: string, name?: string): Promise<void> {
    await this.core.ask("contact", { user, name: name || undefined });
    await this.loadContacts();
  }

  async removeContact(user: string): Promise<void> {
    await this.core.ask("contact", { user, remove: true });
    await this.loadContacts();
  }

  async block(user: string, blocked: boolean): Promise<void> {
    await this.core.ask(blocked ? "block" : "unblock", { user });
    this.relate({ user, blocked });
  }

  /** Until 1970 is not any more. */
  async mute(user: string, until: number): Promise<void> {
    const muted = stamp(until);
    await this.core.ask("mute", until ? { user, until: muted } : { user, off: true });
    this.relate({ user, muted });
  }
}
