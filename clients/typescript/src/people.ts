import type { Core } from "./core.js";
import { stamp } from "./entry.js";
import { Cell, cell } from "./readable.js";
import type { Blocked, Contact, Profile } from "./summary.js";
import { MaxProfiles, type ProfilesResult, type Profile as Shown } from "./wire.js";

/** How many profiles are remembered, in memory and in the store. */
const mostProfiles = 2000;

/** After how many milliseconds profiles are fetched again when a connection opens. */
const refreshEvery = 3_600_000;

/** People is what the user knows of others, and what they have decided about them. */
export class People {
  readonly #shown = new Map<string, Shown>();
  readonly #cells = new Map<string, Cell<Profile>>();
  readonly #wanted = new Set<string>();
  readonly #asked = new Set<string>();
  #asking = false;
  #refreshed = 0;
  #names = new Map<string, string>();
  /** Whom the user has muted from here, until when; 0 is for good. */
  #muted = new Map<string, number>();
  #blockedNow = new Set<string>();
  readonly contacts: Cell<readonly Contact[]>;
  readonly blocked: Cell<readonly Blocked[]>;

  constructor(private readonly core: Core) {
    this.contacts = cell<readonly Contact[]>([], () => void this.loadContacts());
    this.blocked = cell<readonly Blocked[]>([], () => void this.loadBlocked());
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

  restore(profiles: Shown[] | undefined, names: Array<[string, string]> | undefined, muted: Array<[string, number]> | undefined): void {
    for (const profile of profiles ?? []) this.#shown.set(profile.user, profile);
    this.#names = new Map(names);
    this.#muted = new Map(muted);
    for (const user of this.#cells.keys()) this.#changed(user);
  }

  async loadContacts(): Promise<void> {
    const all = await this.core.pages<Contact>("contacts", {}, (page) => (page as { contacts: Contact[] }).contacts);
    if (!all) return;
    this.contacts.set(all);
    const names = new Map(all.flatMap(({ user, name }) => (name ? [[user, name] as const] : [])));
    const changed = [...new Set([...this.#names.keys(), ...names.keys()])].filter((user) => this.#names.get(user) !== names.get(user));
    this.#names = names;
    for (const user of changed) this.#changed(user);
    for (const { profile } of all) if (profile) this.learn(profile);
    this.core.keep("names", () => [...this.#names]);
  }

  async loadBlocked(): Promise<void> {
    const all = await this.core.pages<Blocked>("blocked", {}, (page) =>
      (page as { blocked: Array<{ user: string; since: string }> }).blocked.map(({ user, since }) => ({ user, since: Date.parse(since) })),
    );
    if (!all) return;
    this.blocked.set(all);
    this.#blockedNow = new Set(all.map(({ user }) => user));
  }

  /** Those whose messages do not count as unread: who is muted or blocked, as far as this device knows. */
  get silent(): ReadonlySet<string> {
    const silent = new Set(this.#blockedNow);
    for (const [user, until] of this.#muted) if (until === 0 || until > this.core.serverNow()) silent.add(user);
    return silent;
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
    await this.loadBlocked();
    this.core.recount();
  }

  async mute(user: string, muted: boolean, until?: number): Promise<void> {
    await this.core.ask("mute", { user, ...(muted ? until !== undefined && { until: stamp(until) } : { off: true }) });
    if (muted) this.#muted.set(user, until ?? 0);
    else this.#muted.delete(user);
    this.core.keep("mutes", () => [...this.#muted]);
    this.core.recount();
  }
}
