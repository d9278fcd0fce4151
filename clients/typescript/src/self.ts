import type { Core } from "./core.js";
import { fail } from "./error.js";
import { Cell } from "./readable.js";
import type { Line } from "./socket.js";
import type { Me } from "./summary.js";
import type { HelloResult, Limit } from "./wire.js";

/** Self is who the user is, as far as that is known, and what the server has said at the beginning. */
export class Self {
  user = "";
  device = "";
  readonly me: Cell<Me | undefined>;
  #told: Partial<Me> = {};

  constructor(private readonly core: Core) {
    this.me = new Cell(() => this.#describe());
  }

  #describe(): Me | undefined {
    const { user, device } = this;
    if (!user) return undefined;
    const profile = this.core.people.profile(user).get();
    return { limits: {}, clockOffset: 0, status: "online", ...this.#told, user, device, profile: profile.known ? profile : undefined };
  }

  /** What time it is for the server, as far as that is known. */
  now(): number {
    return this.core.clock.now() + (this.#told.clockOffset ?? 0);
  }

  /** A limit of the server, or what this client was built with. */
  limit(name: Limit, built: number): number {
    return this.#told.limits?.[name] ?? built;
  }

  /** Says hello on a new connection, before anything else. Nothing depends on the answer, so it is not said twice. */
  async hello(line: Line): Promise<void> {
    const { core } = this;
    const said = core.clock.now();
    try {
      const { user, limits, version, now } = (await core.calls.request("hello", () => ({}), { once: true })) as HelloResult;
      if (line.reason) return;
      this.become(user);
      this.know({ limits, version, clockOffset: Date.parse(now) - (said + core.clock.now()) / 2 });
    } catch (thrown) {
      core.log("info", "hello not answered", { code: fail(thrown, "internal").code });
    }
  }

  /** The user is who this says. What there is of another one is forgotten. */
  become(user: string): void {
    if (!user || user === this.user) return;
    if (this.user) void this.core.forget();
    this.user = this.core.inbox.user = user;
    if (this.device) this.keep();
    this.me.stale();
  }

  know(part: Partial<Me>): void {
    this.#told = { ...this.#told, ...part };
    this.me.stale();
  }

  keep(): void {
    this.core.keep("me", () => (this.user ? { user: this.user, device: this.device } : undefined));
  }

  forget(): void {
    this.user = this.core.inbox.user = "";
    this.#told = {};
    this.me.stale();
  }
}

/** subject reads whom a token is for; "" if it is of another shape. The server says it again. */
export function subject(token: string): string {
  try {
    const claims = JSON.parse(atob((token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/"))) as { sub?: unknown };
    return typeof claims.sub === "string" ? claims.sub : "";
  } catch {
    return "";
  }
}
