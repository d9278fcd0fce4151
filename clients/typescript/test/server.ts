import type { WebSocketConstructor } from "../src/options.js";
import type { FakeClock } from "./clock.js";

/** A frame, in either direction. */
export type Frame = Record<string, unknown> & { action?: string; ref?: string };

/** One socket as the client has it, and as the server does. */
export class FakeSocket {
  protocol = "";
  onopen: ((event: unknown) => void) | null = null;
  onmessage: ((event: unknown) => void) | null = null;
  onclose: ((event: unknown) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  state: "opening" | "open" | "closed" = "opening";
  readonly frames: Frame[] = [];

  constructor(
    private readonly server: FakeServer,
    readonly url: string,
    readonly token: string,
  ) {}

  send(text: string): void {
    if (this.state !== "open") return;
    const frame = JSON.parse(text) as Frame;
    this.frames.push(frame);
    this.server.take(frame, this);
  }

  close(): void {
    this.lose(1000);
  }

  accept(): void {
    this.state = "open";
    this.protocol = "parley.v1";
    this.onopen?.({});
  }

  /** Fails the handshake, telling the status as npm's ws does, or nothing as a browser does. */
  refuse(status?: number): void {
    this.onerror?.({ message: status ? `Unexpected server response: ${status}` : "" });
    this.lose(1006);
  }

  /** The connection is cut. */
  lose(code = 1006): void {
    if (this.state === "closed") return;
    this.state = "closed";
    queueMicrotask(() => this.onclose?.({ code }));
  }

  tell(frame: object): void {
    if (this.state === "open") this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

/** An entry of a log of the fake server. */
export type Logged = Record<string, unknown> & { conversation: string; seq: number };

/**
 * A server as a test wants it: it accepts, refuses, answers or keeps silent, and has logs. It stands for the network and its
 * faults, not for the rules of the server: those are tested against the local stack.
 */
export class FakeServer {
  readonly sockets: FakeSocket[] = [];
  readonly logs = new Map<string, Logged[]>();
  readonly lines = new Map<string, Record<string, unknown>>();
  user = "ann";
  /** What becomes of a handshake; by default it is accepted. */
  handshake: (socket: FakeSocket) => void = (socket) => socket.accept();
  /** Answers some requests in another way: undefined leaves it to the server, null is silence, an Error is lost with the socket. */
  answer: (frame: Frame, socket: FakeSocket) => object | null | undefined = () => undefined;

  constructor(readonly clock: FakeClock) {}

  get socket(): WebSocketConstructor {
    const server = this;
    return class {
      constructor(url: string, _protocols: unknown, options?: { headers?: { Authorization?: string } }) {
        const socket = new FakeSocket(server, url, options?.headers?.Authorization?.replace("Bearer ", "") ?? "");
        server.sockets.push(socket);
        queueMicrotask(() => server.handshake(socket));
        return socket as never;
      }
    } as unknown as WebSocketConstructor;
  }

  /** The newest socket. */
  get last(): FakeSocket {
    return this.sockets.at(-1) as FakeSocket;
  }

  /** Every frame that came with an action, over all sockets. */
  asked(action: string): Frame[] {
    return this.sockets.flatMap(({ frames }) => frames).filter((frame) => frame.action === action);
  }

  take(frame: Frame, socket: FakeSocket): void {
    const given = this.answer(frame, socket);
    if (given === null) return;
    const cursors = (frame.cursors ?? [frame]) as Array<{ conversation: string; read?: number }>;
    if (frame.action === "receipts" || frame.action === "typing") {
      for (const { conversation, read } of cursors) if (read) this.lines.set(conversation, { ...this.lines.get(conversation), read });
    }
    const reply = given ?? this.standard(frame);
    if (!reply) return;
    queueMicrotask(() => socket.tell("event" in reply ? { ref: frame.ref, ...reply } : { event: "reply", ref: frame.ref, result: reply }));
  }

  /** Appends an entry to a log and returns it. */
  append(conversation: string, entry: Record<string, unknown>): Logged {
    const log = this.logs.get(conversation) ?? [];
    this.logs.set(conversation, log);
    const seq = log.length + 1;
    const at = new Date(this.clock.now()).toISOString();
    const logged = { event: "message", id: uuid(conversation, seq), from: "bob", at, body: {}, ...entry, conversation, seq };
    log.push(logged);
    return logged;
  }

  /** What a log says now: messages with their newest text. */
  private now(log: Logged[]): Logged[] {
    return log.map((entry) => {
      const target = (entry.body as { target?: number }).target;
      const of = (event: string) => log.filter((one) => one.event === event && (one.body as { target?: number }).target === (target ?? entry.seq));
      if (entry.event !== "message" && entry.event !== "edited") return entry;
      if (of("deleted").length > 0) return { ...entry, body: target ? { target } : {}, deleted: true };
      const edit = of("edited").at(-1);
      if (!edit) return entry;
      const { target: _, ...said } = edit.body as Record<string, unknown>;
      const body = { ...(entry.body as object), ...said };
      return { ...entry, body: target ? { ...body, target } : body, version: edit.version, edited: edit.edited };
    });
  }

  private standard(frame: Frame): object | undefined {
    const { action } = frame;
    const conversation = frame.conversation as string;
    const log = this.now(this.logs.get(conversation) ?? []);
    switch (action) {
      case "hello":
        return { user: this.user, now: new Date(this.clock.now()).toISOString(), expires: "2030-01-01T00:00:00.000Z", limits: { MaxText: 16000 }, version: "test" };
      case "conversations":
        return { conversations: [...this.logs.keys()].map((id) => this.line(id)), since: new Date(this.clock.now()).toISOString(), ...(frame.since !== undefined && { of: this.logs.size }) };
      case "sync": {
        const found = [];
        for (const { conversation: id, after = 0 } of frame.cursors as Array<{ conversation: string; after?: number }>) {
          const all = this.now(this.logs.get(id) ?? []);
          const entries = all.filter(({ seq }) => seq > after).slice(0, 100);
          if (entries.length > 0) found.push({ conversation: id, head: all.length, entries, ...this.epoch(id) });
        }
        return { conversations: found, more: false };
      }
      case "history": {
        const { before = Number.POSITIVE_INFINITY, limit = 50 } = frame as { before?: number; limit?: number };
        const { cleared = 0 } = (this.lines.get(conversation) ?? {}) as { cleared?: number };
        const older = log.filter(({ seq }) => seq > cleared && seq < before);
        return { entries: older.slice(-limit), head: log.length, more: older.length > limit };
      }
      case "send": {
        const { to, body, id } = frame as unknown as { to: { conversation: string }; body: object; id: string };
        const known = this.logs.get(to.conversation)?.find((entry) => entry.id === id);
        const { seq, at } = known ?? this.append(to.conversation, { from: this.user, id, body });
        return { conversation: to.conversation, seq, id, at };
      }
      case "react":
      case "edit":
      case "delete": {
        const { id, seq: target, body, reactions } = frame as unknown as { id: string; seq: number; body?: object; reactions?: string[] };
        const event = { react: "reacted", edit: "edited", delete: "deleted" }[action];
        const version = action === "edit" ? { version: 1 + log.filter((e) => e.event === "edited").length, edited: new Date(this.clock.now()).toISOString() } : {};
        const { seq, at } = this.append(conversation, { event, from: this.user, id, body: { target, ...body, ...(reactions && { reactions }) }, ...version });
        return { conversation, seq, id, at };
      }
      case "prefs": {
        const { cleared } = frame as { cleared?: number };
        this.lines.set(conversation, { ...this.lines.get(conversation), ...(cleared && { cleared, from: cleared + 1 }) });
        return { conversation, ...(cleared && { cleared }) };
      }
      case "drafts":
        return { drafts: [] };
      case "blocked":
        return { blocked: [] };
      case "muted":
        return { muted: [] };
      case "contacts":
        return { contacts: [] };
      case "profiles":
        return { profiles: (frame.users as string[]).map((user) => ({ user })) };
      case "threads":
        return { threads: [] };
      case "watch":
        return { presences: (frame.users as string[]).map((user) => ({ user, status: "online", at: new Date(this.clock.now()).toISOString() })) };
      case "unwatch":
        return {};
      case "ping":
        return { event: "pong" };
      case "draft":
        return { conversation: "", at: new Date(this.clock.now()).toISOString() };
    }
    return undefined;
  }

  private epoch(id: string): object {
    const { epoch } = this.lines.get(id) ?? {};
    return epoch ? { epoch } : {};
  }

  private line(id: string): object {
    const log = this.now(this.logs.get(id) ?? []);
    const kind = id.startsWith("g_") ? { kind: "group", name: "Group" } : { kind: "direct", peer: "bob" };
    const last = log.at(-1);
    const { cleared = 0 } = (this.lines.get(id) ?? {}) as { cleared?: number };
    return { conversation: id, ...kind, size: 2, head: log.length, role: "member", can: ["send"], ...(last && last.seq > cleared && { last }), ...this.lines.get(id) };
  }
}

/** An id that follows from where it is. */
export function uuid(...parts: Array<string | number>): string {
  let hash = 0x811c9dc5;
  let hex = "";
  for (let round = 0; round < 4; round++) {
    for (const char of `${round}${parts.join("/")}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
    hex += (hash >>> 0).toString(16).padStart(8, "0");
  }
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
