import "fake-indexeddb/auto";
import { afterEach, expect, test, vi } from "vitest";
import { IndexedDBStore, MemoryStore, type Parley, type Store } from "../src/index.js";
import { FakeClock, settle } from "./clock.js";
import { setup } from "./client.js";
import { type Frame, FakeServer } from "./server.js";

afterEach(() => vi.unstubAllGlobals());

const room = "g_aaaaaaaaaaaaaaaaaaaaaaaaaa";
const other = "g_bbbbbbbbbbbbbbbbbbbbbbbbbb";

/** Waits for what IndexedDB does in its own time. */
const eventually = <T>(look: () => T) => vi.waitFor(look, { timeout: 10_000 });

const shown = (client: Parley, id = room) =>
  client.conversation(id).timeline.get().messages.map(({ text, status }) => `${text} ${status}`);

function server() {
  const some = new FakeServer(new FakeClock());
  for (const id of [room, other]) some.append(id, { event: "created", body: { name: "Group", size: 2 } });
  return some;
}

const error = (code: string, rest = {}) => ({ event: "error", code, message: code, ...rest });
const bodies = (frames: Frame[]) => frames.map(({ body }) => (body as { text: string }).text);

test("a message is there at once, and one of a conversation is under way at a time", async () => {
  const { client, connect, server: s } = setup({}, server());
  await connect();
  const waiting: Array<() => void> = [];
  s.answer = (frame, socket) => {
    if (frame.action !== "send") return undefined;
    waiting.push(() => {
      s.answer = () => undefined;
      s.take({ ...frame }, socket);
    });
    return null;
  };
  const one = client.conversation(room).send("one");
  const two = client.conversation(room).send("two");
  client.conversation(other).send("elsewhere");
  expect(shown(client)).toEqual(["one pending", "two pending"]);
  await settle();
  expect(bodies(s.asked("send"))).toEqual(["one", "elsewhere"]);
  expect(s.asked("send")[0]).toMatchObject({ id: one.id, to: { conversation: room }, after: 1 });
  waiting[0]?.();
  await two.sent;
  await settle();
  expect(shown(client)).toEqual(["one sent", "two sent"]);
  expect([one.status, two.status]).toEqual(["sent", "sent"]);
  expect(await one.sent).toMatchObject({ conversation: room, seq: 2, id: one.id });
});

test("no answer means the same again, under the same id and with the same after", async () => {
  const { client, connect, server: s, clock } = setup({}, server());
  await connect();
  let lost = 2;
  s.answer = (frame) => {
    if (frame.action !== "send" || lost === 0) return undefined;
    lost--;
    s.append(room, { from: "bob", body: { text: `meanwhile ${lost}` } });
    if (lost === 1) s.append(room, { from: "ann", id: frame.id, body: frame.body }); // stored, and the answer lost
    return null;
  };
  const { sent } = client.conversation(room).send("once");
  await clock.advance(10_000);
  await clock.advance(10_000);
  await sent;
  const frames = s.asked("send");
  expect(frames.length).toBe(3);
  expect(new Set(frames.map((frame) => frame.id)).size).toBe(1);
  expect(frames.map((frame) => frame.after)).toEqual([1, 1, 1]);
  await clock.advance(1000);
  expect(shown(client).filter((line) => line.startsWith("once"))).toEqual(["once sent"]);
});

test("it survives the loss of the connection, and what waits is sent in order when there is one", async () => {
  const { client, connect, server: s, clock } = setup({}, server());
  await connect();
  s.handshake = (socket) => socket.refuse(503);
  s.last.lose();
  await settle();
  const there = client.conversation(room);
  for (const text of ["a", "b", "c"]) there.send(text);
  there.react(1, ["👍"]);
  const { sent } = there.send("d");
  await clock.advance(20_000);
  expect(shown(client)).toEqual(["a pending", "b pending", "c pending", "d pending"]);
  s.handshake = (socket) => socket.accept();
  await clock.advance(60_000);
  await sent;
  expect(s.logs.get(room)?.map(({ event, body }) => `${event} ${(body as { text?: string }).text ?? ""}`)).toEqual([
    "created ", "message a", "message b", "message c", "reacted ", "message d",
  ]);
});

test("too fast: it waits as long as the server says and keeps its place", async () => {
  const { client, connect, server: s, clock } = setup({}, server());
  await connect();
  let refused = 1;
  s.answer = ({ action }) => (action === "send" && refused-- > 0 ? error("limited", { retry_after: 7 }) : undefined);
  client.conversation(room).send("first");
  const { sent } = client.conversation(room).send("second");
  await clock.advance(6999);
  expect(client.connection.get().slowedUntil).toBeGreaterThan(clock.now());
  expect(s.asked("send").length).toBe(1);
  await clock.advance(1001);
  await sent;
  expect(shown(client)).toEqual(["first sent", "second sent"]);
});

test("a conversation that begins is in the list before the server has it, over a reload, too", async () => {
  const store = new MemoryStore();
  const { client, clock } = setup({ store }, server());
  const { id, send } = client.direct("bob");
  send.call(client.conversation(id), "hi");
  expect(client.conversations.get()).toMatchObject([{ id, title: "bob", last: { text: "hi", status: "pending" }, capabilities: ["send", "react", "pin"] }]);
  await clock.advance(1000);
  await client.close();
  const again = setup({ store }, server());
  await again.client.ready;
  expect(again.client.conversations.get()).toMatchObject([{ id, peer: "bob", last: { text: "hi" } }]);
});

test("what is refused for good fails, what follows goes on, and it can be tried again or withdrawn", async () => {
  const { client, connect, server: s, store } = setup({}, server());
  await connect();
  const failures: unknown[] = [];
  client.on("failed", (failure) => failures.push(failure));
  s.answer = (frame) => (frame.action === "send" && (frame.body as { text: string }).text.startsWith("bad") ? error("forbidden") : undefined);
  const there = client.conversation(room);
  const bad = there.send("bad 1");
  const worse = there.send("bad 2");
  const good = there.send("good");
  await expect(bad.sent).rejects.toMatchObject({ code: "forbidden", temporary: false });
  await good.sent;
  expect(shown(client)).toEqual(["good sent", "bad 1 failed", "bad 2 failed"]);
  expect(there.timeline.get().messages[1]?.error?.code).toBe("forbidden");
  expect(failures).toMatchObject([{ id: bad.id, error: { code: "forbidden" } }, { id: worse.id }]);
  there.withdraw(worse.id);
  s.answer = () => undefined;
  there.retry(bad.id);
  await settle();
  await settle();
  expect(shown(client)).toEqual(["good sent", "bad 1 sent"]);
  expect(s.asked("send").at(-1)?.id).toBe(bad.id);
  expect((await store.load()).filter(([key]) => key.startsWith("o:"))).toEqual([]);
});

test("a message that was withdrawn before it left is not sent", async () => {
  const { client, connect, server: s } = setup({}, server());
  const local = client.conversation(room).send("never");
  client.conversation(room).withdraw(local.id);
  await expect(local.sent).rejects.toMatchObject({ code: "cancelled" });
  await connect();
  await settle();
  expect(s.asked("send")).toEqual([]);
  expect(shown(client)).toEqual([]);
});

test("too much was said since: the log is searched for the message before it is sent again", async () => {
  for (const stored of [true, false]) {
    const { client, connect, server: s, clock } = setup({}, server());
    await connect();
    let tries = 0;
    s.answer = (frame) => {
      if (frame.action !== "send") return undefined;
      tries++;
      if (tries === 1) {
        if (stored) s.append(room, { from: "ann", id: frame.id, body: frame.body });
        for (let i = 0; i < 150; i++) s.append(room, { body: { text: `${i}` } });
        return null;
      }
      return tries === 2 ? error("behind") : undefined;
    };
    const { sent } = client.conversation(room).send("where am I?");
    await clock.advance(10_000);
    expect((await sent).seq).toBe(stored ? 2 : 152);
    expect(s.asked("send").length).toBe(stored ? 2 : 3);
    if (!stored) expect(s.asked("send")[2]?.after).toBe(151);
    await client.close();
  }
});

test("edits, deletions and reactions are shown at once, and as they were if they are refused", async () => {
  const { client, connect, server: s } = setup({}, server());
  await connect();
  const there = client.conversation(room);
  const { seq } = await there.send("frist").sent;
  await settle();
  s.answer = ({ action }) => (action === "hello" ? undefined : null);
  const edit = there.edit(seq, "first");
  there.toggle(seq, "🎉");
  const message = () => there.message(seq);
  expect(message()).toMatchObject({ text: "first", changing: ["edit", "react"], reactions: [{ mark: "🎉", users: ["ann"], mine: true }] });
  there.withdraw(edit.id);
  expect(message()?.text).toBe("frist");
  s.answer = () => undefined;
  there.deleteForAll(seq);
  expect(message()).toMatchObject({ kind: "deleted", attachments: [], reactions: [] });
  expect(message()?.text).toBeUndefined();
});

const stores: Array<[string, () => () => Store]> = [
  ["memory", () => { const store = new MemoryStore(); return () => store; }],
  ["IndexedDB", () => { const name = `reload ${Math.random()}`; return () => new IndexedDBStore(name); }],
];

test.each(stores)("an outbox in %s survives a reload and is sent in order under the same ids", async (_, make) => {
  const open = make();
  const s = server();
  const before = setup({ store: open() }, s);
  await before.connect();
  await eventually(() => expect(before.client.connection.get().caughtUp).toBe(true));
  s.answer = ({ action }) => (["send", "edit"].includes(action ?? "") ? null : undefined);
  const ids = ["a", "b", "c"].map((text) => before.client.conversation(room).send(text).id);
  before.client.conversation(room).edit(1, "changed");
  await settle();
  await before.client.close(); // as a tab does that is closed, but that the test can wait for what is written
  s.answer = () => undefined;
  const after = setup({ store: open() }, s);
  await after.client.ready;
  expect(shown(after.client)).toEqual(["a pending", "b pending", "c pending"]);
  await after.connect();
  await eventually(() => expect(s.logs.get(room)?.length).toBe(5));
  expect(s.logs.get(room)?.slice(1).map(({ event, id }) => [event, id])).toEqual([
    ...ids.map((id) => ["message", id]),
    ["edited", expect.anything()],
  ]);
  await after.clock.advance(1000);
  await after.client.close();
  const third = setup({ store: open() }, s);
  await third.client.ready;
  expect(shown(third.client)).toEqual(["a sent", "b sent", "c sent"]);
});

/** Web Locks as far as tabs need them. */
function fakeLocks() {
  const held = new Map<string, Promise<unknown>>();
  return {
    async request(name: string, run: () => Promise<unknown>): Promise<unknown> {
      const before = held.get(name);
      const mine = (async () => {
        await before;
        return run();
      })();
      held.set(name, mine);
      try {
        return await mine;
      } finally {
        if (held.get(name) === mine) held.delete(name);
      }
    },
    query: async () => ({ held: [...held.keys()].map((name) => ({ name })) }),
  };
}

test("of two tabs, only the one that a message was written in sends it; the other takes over when that is closed", async () => {
  vi.stubGlobal("navigator", { locks: fakeLocks() });
  const s = server();
  const name = `tabs ${Math.random()}`;
  const first = setup({ store: new IndexedDBStore(name) }, s);
  await first.connect();
  await eventually(() => expect(first.client.connection.get().caughtUp).toBe(true));
  s.answer = ({ action }) => (action === "send" ? null : undefined);
  first.client.conversation(room).send("from the first tab");
  await eventually(() => expect(s.asked("send").length).toBe(1));
  await eventually(async () => expect((await new IndexedDBStore(name).load()).some(([key]) => key.startsWith("o:"))).toBe(true));
  const second = setup({ store: new IndexedDBStore(name) }, s);
  await second.connect();
  await eventually(() => expect(second.client.connection.get().caughtUp).toBe(true));
  expect(shown(second.client)).toEqual([]);
  expect(s.asked("send").length).toBe(1);
  s.answer = () => undefined;
  await first.client.close();
  await eventually(() => expect(shown(second.client)).toEqual(["from the first tab sent"]));
  expect(s.logs.get(room)?.length).toBe(2);
});

test("what was there before is painted before the network answers, and nothing of what was deleted is kept", async () => {
  const s = server();
  const store = new MemoryStore();
  const before = setup({ store }, s);
  await before.connect();
  const there = before.client.conversation(room);
  for (let i = 1; i <= 150; i++) s.last.tell(s.append(room, { body: { text: `text ${i}` } }));
  s.last.tell(s.append(room, { event: "edited", from: "bob", version: 1, edited: "2026-11-22T00:00:00.000Z", body: { target: 140, text: "secret edit" } }));
  s.last.tell(s.append(room, { event: "deleted", from: "bob", body: { target: 140 } }));
  s.last.tell(s.append(room, { event: "reacted", from: "cat", body: { target: 151, reactions: ["👍"] } }));
  await there.loadOlder();
  await before.clock.advance(1000);
  await before.client.close();
  const rows = JSON.stringify(await store.load());
  expect(rows).not.toContain("secret edit");
  expect(rows).not.toContain("text 139"); // that is what 140 said
  const { client } = setup({ store }, s);
  await client.ready;
  expect(client.me.get()).toMatchObject({ user: "ann", device: "device-1" });
  const [line] = client.conversations.get();
  expect(line).toMatchObject({ id: room, title: "Group", unread: { count: 99, capped: true }, last: { text: "text 150" } });
  const { messages } = client.conversation(room).timeline.get();
  expect(messages.length).toBe(97); // the newest 100 entries, of which three change others
  expect(messages.at(-1)?.reactions).toEqual([{ mark: "👍", users: ["cat"], mine: false }]);
  expect(client.connection.get().state).toBe("idle");
});

test("what another user has left behind is forgotten, and so is everything at logout", async () => {
  const s = server();
  const store = new MemoryStore();
  const ann = setup({ store }, s);
  await ann.connect();
  ann.client.conversation(room).setDraft("ann's");
  await ann.clock.advance(1000);
  await ann.client.close();
  expect((await store.load()).length).toBeGreaterThan(2);
  s.user = "zoe";
  const zoe = setup({ store, user: "zoe" }, s);
  await zoe.client.ready;
  expect(zoe.client.conversations.get()).toEqual([]);
  expect(zoe.client.conversation(room).draft.get()).toBeUndefined();
  await zoe.connect();
  await zoe.clock.advance(1000);
  expect(zoe.client.conversations.get().length).toBe(2);
  s.answer = ({ action }) => (action === "logout" ? {} : undefined);
  await zoe.client.logout();
  await zoe.clock.advance(1000);
  expect(await store.load()).toEqual([]);
  expect(zoe.client.conversations.get()).toEqual([]);
  expect(zoe.client.connection.get().state).toBe("closed");
});

test("a store that fails is no reason to fail", async () => {
  const broken = async () => {
    throw new Error("no space");
  };
  const { client, connect, logged, clock } = setup({ store: { load: broken, write: broken, clear: broken } }, server());
  await connect();
  await client.conversation(room).send("still").sent;
  await clock.advance(1000);
  expect(shown(client)).toEqual(["still sent"]);
  expect(logged).toContain("the store cannot be read");
});
