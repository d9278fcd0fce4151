import { expect, test } from "vitest";
import type { Message, Parley } from "../src/index.js";
import { FakeClock, settle } from "./clock.js";
import { setup } from "./client.js";
import { generator, script } from "./script.js";
import { FakeServer, type Logged } from "./server.js";

const room = "g_aaaaaaaaaaaaaaaaaaaaaaaaaa";
const direct = "d_ug4pu57g7t2snlkdcbx2lidciz"; // of ann and bob

const messages = (client: Parley, id = room) => client.conversation(id).timeline.get().messages;
const texts = (client: Parley, id = room) => messages(client, id).map(({ text }) => text);

/** A server whose room has some messages already. */
function begun(count: number) {
  const server = new FakeServer(new FakeClock());
  for (let i = 1; i <= count; i++) server.append(room, { body: { text: `old ${i}` } });
  return server;
}

test("the list is there after the connect, and a timeline that is watched loads its newest page", async () => {
  const { client, connect } = setup({}, begun(120));
  await connect();
  const [line] = client.conversations.get();
  expect(line).toMatchObject({ id: room, title: "Group", kind: "group", last: { text: "old 120" } });
  expect(texts(client)).toEqual([]);
  const { timeline, loadOlder } = client.conversation(room);
  const stop = timeline.subscribe(() => undefined);
  expect(timeline.get().loading).toBe(true);
  await settle();
  expect(timeline.get()).toMatchObject({ loading: false, start: false });
  expect(texts(client).length).toBe(50);
  expect(texts(client).at(-1)).toBe("old 120");
  expect(await loadOlder.call(client.conversation(room), 60)).toBe(true);
  expect(await client.conversation(room).loadOlder()).toBe(false);
  expect(texts(client)).toEqual(Array.from({ length: 120 }, (_, i) => `old ${i + 1}`));
  expect(timeline.get().start).toBe(true);
  stop();
});

test("a list that cannot be had is asked for again", async () => {
  const { client, connect, server, clock } = setup({}, begun(1));
  server.answer = ({ action }) => (action === "conversations" ? { event: "error", code: "internal", message: "oops", retry_after: 2 } : undefined);
  await connect();
  await clock.advance(60_000);
  expect(client.connection.get()).toMatchObject({ state: "connected", caughtUp: false });
  server.answer = () => undefined;
  await clock.advance(60_000);
  expect(client.connection.get()).toMatchObject({ state: "connected", caughtUp: true });
  expect(client.conversations.get().length).toBe(1);
});

test("a message that disappears in ninety days has no timer that a platform takes for none", async () => {
  const delays: number[] = [];
  const { client, connect, server, clock } = setup({}, begun(1));
  const { setTimeout } = clock;
  clock.setTimeout = (run, milliseconds) => {
    delays.push(milliseconds);
    return setTimeout.call(clock, run, milliseconds);
  };
  await connect();
  const days = 86_400_000;
  server.last.tell(server.append(room, { body: { text: "long" }, until: new Date(clock.now() + 90 * days).toISOString() }));
  server.answer = ({ action }) => (action === "ping" ? { event: "pong" } : undefined);
  await client.close();
  expect(Math.max(...delays)).toBeLessThanOrEqual(0x7fffffff);
});

test("a gap is not shown, waits 150 ms, and is fetched then", async () => {
  const { client, connect, server, clock } = setup({}, begun(1));
  await connect();
  const [, second, third, fourth] = ["", "two", "three", "four"].map((text) => (text ? server.append(room, { body: { text } }) : undefined));
  server.last.tell(fourth as Logged);
  server.last.tell(third as Logged);
  await clock.advance(149);
  expect(texts(client)).toEqual([]);
  expect(server.asked("sync")).toEqual([]);
  await clock.advance(1);
  expect(server.asked("sync")[0]).toMatchObject({ cursors: [{ conversation: room, after: 1 }] });
  expect(texts(client)).toEqual(["two", "three", "four"]);
  server.last.tell(second as Logged); // late, and twice
  server.last.tell(third as Logged);
  expect(texts(client)).toEqual(["two", "three", "four"]);
});

test("a frame that comes in time is not fetched", async () => {
  const { client, connect, server, clock } = setup({}, begun(1));
  await connect();
  const two = server.append(room, { body: { text: "two" } });
  const three = server.append(room, { body: { text: "three" } });
  server.last.tell(three);
  await clock.advance(100);
  server.last.tell(two);
  await clock.advance(1000);
  expect(texts(client)).toEqual(["two", "three"]);
  expect(server.asked("sync")).toEqual([]);
});

test("what was said while there was no connection is fetched after it, and the heads are looked at once more", async () => {
  const { client, connect, server, clock } = setup({}, begun(1));
  await connect();
  server.last.lose();
  await settle();
  server.append(room, { body: { text: "meanwhile" } });
  await clock.advance(250);
  expect(texts(client)).toEqual(["meanwhile"]);
  expect(client.connection.get().caughtUp).toBe(true);
  server.append(room, { body: { text: "in the instant of the connect" } }); // and told to nobody
  await clock.advance(4999);
  expect(texts(client).length).toBe(1);
  await clock.advance(1);
  expect(texts(client)).toEqual(["meanwhile", "in the instant of the connect"]);
});

test("what it does not know takes its place and is stepped over, and so is what the user may not see", async () => {
  const { client, connect, server } = setup({}, begun(1));
  await connect();
  server.last.tell({ event: "weather", rain: true });
  server.last.tell(server.append(room, { event: "sang", body: { song: "…" } }));
  const { conversation, seq } = server.append(room, { event: "hidden" });
  server.last.tell({ event: "hidden", conversation, seq, body: {} });
  server.last.tell(server.append(room, { body: { text: "after that" } }));
  await settle();
  expect(texts(client)).toEqual(["after that"]);
});

test("what is of another epoch is void", async () => {
  const { client, connect, server, clock } = setup({}, begun(3));
  await connect();
  await client.conversation(room).loadOlder();
  expect(texts(client)).toEqual(["old 1", "old 2", "old 3"]);
  server.last.lose();
  server.logs.set(room, []);
  server.append(room, { body: { text: "other 1" }, id: "a1" });
  server.append(room, { body: { text: "other 2" }, id: "a2" });
  server.append(room, { body: { text: "other 3" }, id: "a3" });
  server.lines.set(room, { epoch: 1_763_000_000 });
  await clock.advance(250);
  await client.conversation(room).loadOlder();
  expect(texts(client)).toEqual(["other 1", "other 2", "other 3"]);
});

test("a log that ends before what is known begins anew", async () => {
  const { client, connect, server, clock } = setup({}, begun(5));
  await connect();
  await client.conversation(room).loadOlder();
  server.last.lose();
  server.logs.set(room, server.logs.get(room)?.slice(0, 2) ?? []);
  await clock.advance(250);
  await client.conversation(room).loadOlder();
  expect(texts(client)).toEqual(["old 1", "old 2"]);
  server.last.tell(server.append(room, { body: { text: "new 3" } }));
  expect(texts(client)).toEqual(["old 1", "old 2", "new 3"]);
});

test("a conversation that the user is not in any more leaves the list", async () => {
  const { client, connect, server } = setup({}, begun(2));
  await connect();
  server.last.tell(server.append(room, { event: "removed", body: { users: ["ann"] } }));
  await settle();
  expect(client.conversations.get()).toEqual([]);
  expect(client.conversation(room).summary.get()?.gone).toBe(true);
  await client.close();

  const other = setup({}, begun(2));
  await other.connect();
  other.server.last.lose();
  other.server.logs.delete(room);
  other.server.answer = ({ action }) => (action === "sync" ? { conversations: [{ conversation: room, gone: true }], more: false } : undefined);
  await other.clock.advance(250);
  expect(other.client.conversations.get()).toEqual([]);
});

test("after a long absence a conversation begins at its end, and the rest is history", async () => {
  const { client, connect, server, clock } = setup({}, begun(10));
  await connect();
  server.last.lose();
  for (let i = 0; i < 600; i++) server.append(room, { body: { text: `much ${i}` } });
  await clock.advance(250);
  expect(server.asked("sync")).toEqual([]);
  await client.conversation(room).loadOlder();
  expect(texts(client).at(-1)).toBe("much 599");
  expect(texts(client).length).toBe(50);
});

test("a conversation that nobody watches stays small, and its history can be loaded again", async () => {
  const { client, connect, server } = setup({}, begun(1));
  await connect();
  for (let i = 0; i < 1300; i++) server.last.tell(server.append(room, { body: { text: `${i}` } }));
  const there = client.conversation(room);
  expect(texts(client).length).toBeLessThanOrEqual(1000);
  expect(texts(client).at(-1)).toBe("1299");
  expect(there.timeline.get().start).toBe(false);
  expect(await there.loadAround(5)).toBe(true);
  expect(there.message(5)?.text).toBe("3");
  expect(texts(client).slice(-1297)).toEqual(Array.from({ length: 1297 }, (_, i) => `${i + 3}`));
});

test("what was hidden on another device is not shown, also when more was than the list tells", async () => {
  const { client, connect, server, clock } = setup({}, begun(10));
  await connect();
  const there = client.conversation(room);
  const stop = there.timeline.subscribe(() => undefined);
  await settle();
  server.last.tell({ event: "hides", conversation: room, hides: { count: 1, seqs: [10] } });
  expect(texts(client).length).toBe(9);
  server.last.lose();
  const log = server.logs.get(room) as Logged[];
  for (const seq of [7, 8, 9, 10]) log[seq - 1] = { event: "hidden", conversation: room, seq, body: {} };
  server.lines.set(room, { hides: { count: 4, seqs: [8, 9] } }); // 7 was the second of four, and the list tells two
  await clock.advance(1000);
  expect(texts(client)).toEqual([1, 2, 3, 4, 5, 6].map((i) => `old ${i}`));
  stop();
});

test("somebody who types is shown for ten seconds, or until they say something", async () => {
  const { client, connect, server, clock } = setup({}, begun(1));
  await connect();
  const { typists } = client.conversation(room);
  const typing = { event: "typing", conversation: room, user: "bob", kind: "text", for: 10 };
  server.last.tell(typing);
  expect(typists.get()).toEqual([{ user: "bob", kind: "typing" }]);
  expect(client.conversations.get()[0]?.typing).toEqual(["bob"]);
  await clock.advance(9999);
  expect(typists.get().length).toBe(1);
  await clock.advance(1);
  expect(typists.get()).toEqual([]);
  server.last.tell({ ...typing, kind: "audio" });
  expect(typists.get()).toEqual([{ user: "bob", kind: "recording" }]);
  server.last.tell(server.append(room, { body: { text: "that is what I was typing" } }));
  expect(typists.get()).toEqual([]);
  server.last.tell(typing);
  server.last.tell({ ...typing, kind: "none" });
  expect(typists.get()).toEqual([]);
});

test("presence is asked for in one frame, watched while somebody subscribes, and unknown is not offline", async () => {
  const { client, connect, server, clock } = setup();
  await connect();
  expect(client.presence("bob").get()).toEqual({ user: "bob", status: "unknown" });
  const stops = ["bob", "cat", "dan"].map((user) => client.presence(user).subscribe(() => undefined));
  const again = client.presence("bob").subscribe(() => undefined);
  await clock.advance(50);
  expect(server.asked("watch").map(({ users }) => users)).toEqual([["bob", "cat", "dan"]]);
  expect(client.presence("bob").get().status).toBe("online");
  const at = (seconds: number) => new Date(clock.now() + seconds * 1000).toISOString();
  server.last.tell({ event: "presence", user: "bob", status: "offline", at: at(2), seen: at(1) });
  server.last.tell({ event: "presence", user: "bob", status: "away", at: at(1) }); // overtaken
  expect(client.presence("bob").get()).toEqual({ user: "bob", status: "offline", seen: clock.now() + 1000 });
  server.last.tell({ event: "presence", user: "cat", status: "busy", at: at(1), until: at(5) });
  expect(client.presence("cat").get().status).toBe("busy");
  await clock.advance(6000);
  expect(client.presence("cat").get().status).toBe("online"); // nobody is told then
  for (const stop of stops) stop();
  await clock.advance(50);
  expect(server.asked("unwatch").map(({ users }) => users)).toEqual([["cat", "dan"]]); // bob is watched still
  server.last.lose();
  await clock.advance(0);
  expect(client.presence("bob").get().status).toBe("unknown"); // nobody would say that he goes
  await clock.advance(1000);
  expect(server.asked("watch").at(-1)?.users).toEqual(["bob"]);
  again();
});

test("receipts only go forward, and ride together when they are due", async () => {
  const { client, connect, server, clock } = setup({}, (() => {
    const some = begun(1);
    some.append(direct, { from: "ann", body: { text: "mine" } });
    some.append(direct, { from: "bob", to: "ann", body: { text: "yours" } });
    return some;
  })());
  await connect();
  const there = client.conversation(direct);
  await there.loadOlder();
  server.last.tell({ event: "receipt", user: "bob", cursors: [{ conversation: direct, delivered: 2, read: 1 }] });
  server.last.tell({ event: "receipt", user: "bob", cursors: [{ conversation: direct, delivered: 1 }] });
  expect(there.receipts.get()).toEqual({ bob: { delivered: 2, read: 2 } }); // he wrote the second one
  expect(messages(client, direct)[0]?.status).toBe("read");
  server.last.tell(server.append(direct, { from: "bob", to: "ann", body: { text: "more" } }));
  server.last.tell(server.append(room, { body: { text: "here, too" } }));
  there.read();
  client.conversation(room).read();
  await clock.advance(2999);
  expect(server.asked("receipts")).toEqual([]);
  await clock.advance(1);
  expect(server.asked("receipts").map(({ cursors }) => cursors)).toEqual([
    [
      { conversation: direct, read: 3 },
      { conversation: room, read: 2 },
    ],
  ]);
  there.read();
  await clock.advance(60_000);
  expect(server.asked("receipts").length).toBe(1);
});

test("what is deleted does not count as unread, and neither does what an edit no longer mentions", async () => {
  const { client, connect, server } = setup({}, begun(1));
  await connect();
  const count = () => client.conversations.get()[0]?.unread;
  server.last.tell(server.append(room, { body: { text: "@ann", mentions: ["ann"] } }));
  server.last.tell(server.append(room, { body: { text: "two" } }));
  expect(count()).toEqual({ count: 2, capped: false, mentions: 1 });
  server.last.tell(server.append(room, { event: "edited", body: { target: 2, text: "nobody" }, version: 1, edited: "2026-11-22T00:00:00.000Z" }));
  expect(count()).toEqual({ count: 2, capped: false, mentions: 0 });
  server.last.tell(server.append(room, { event: "deleted", body: { target: 3 } }));
  expect(count()).toEqual({ count: 1, capped: false, mentions: 0 });
  server.last.tell({ event: "receipt", user: "ann", cursors: [{ conversation: room, read: 3 }] }); // another device of hers
  expect(count()).toEqual({ count: 0, capped: false, mentions: 0 });
});

test("who is muted does not count as unread until that ends, over a reload, too", async () => {
  const { client, connect, server, clock, store } = setup({}, begun(1));
  server.answer = ({ action }) => (action === "mute" ? {} : undefined);
  await connect();
  const unread = (some: Parley) => some.conversations.get()[0]?.unread.count;
  await client.muteUser("bob", clock.now() + 60_000);
  server.last.tell(server.append(room, { body: { text: "quiet" } }));
  expect(unread(client)).toBe(0);
  await clock.advance(1000);
  const again = setup({ store }, server);
  await again.connect();
  server.last.tell(server.append(room, { body: { text: "still quiet" } }));
  expect(unread(again.client)).toBe(0);
  await clock.advance(60_000);
  server.last.tell(server.append(room, { body: { text: "heard" } }));
  await settle();
  expect(unread(again.client)).toBeGreaterThan(0);
});

test("what is unread is asked for where it cannot be derived, once, also while the server does not know what was read", async () => {
  const { client, connect, server, clock } = setup({}, begun(10));
  server.lines.set(room, { unread: { count: 9 }, read: 1 });
  server.answer = ({ action }) =>
    action === "explain" ? { conversation: room, read: 1, head: 10, since: 1, count: 9, seqs: [10, 9, 8, 7, 6, 5, 4, 3, 2] } : undefined;
  await connect();
  expect(client.conversations.get()[0]?.unread).toEqual({ count: 9, capped: false, mentions: 0 });
  client.conversation(room).read(6);
  client.conversations.get();
  await settle();
  await settle();
  expect(client.conversations.get()[0]?.unread.count).toBe(4);
  await clock.advance(2000);
  expect(client.conversations.get()[0]?.unread.count).toBe(4);
  expect(server.asked("explain").length).toBe(1);
});

/** What a user sees: everything but what is of the moment. */
const seen = (client: Parley) =>
  messages(client).map(({ key, seq, kind, text, reactions, edited, pinned, reply, status }: Message) => ({
    key, seq, kind, text, edited, pinned, status, reply,
    reactions: reactions.map(({ mark, users }) => ({ mark, users })),
  }));

test.each(Array.from({ length: 60 }, (_, i) => i + 1))(
  "whatever is lost, doubled, late and reordered, it ends as for one who heard all in order (seed %i)",
  async (seed) => {
    const random = generator(seed);
    const changes = script(random);
    const calm = setup({}, begun(10));
    const rough = setup({}, begun(10));
    await calm.connect();
    await calm.client.conversation(room).loadOlder();
    const late: Logged[] = [];
    const arrives = Math.max(0, Math.floor(random() * 80 - 40)); // half of the time from the beginning
    for (const [i, change] of changes.entries()) {
      if (i === arrives) {
        await rough.connect();
        if (random() < 0.5) await rough.client.conversation(room).loadOlder(5);
      }
      calm.server.last.tell(calm.server.append(room, structuredClone(change)));
      const entry = rough.server.append(room, structuredClone(change));
      if (i < arrives) continue;
      const fate = random();
      if (fate < 0.15) late.push(entry);
      else if (fate > 0.3) rough.server.last.tell(entry); // between them it is lost
      if (fate > 0.8) rough.server.last.tell(entry);
      if (late.length > 0 && random() < 0.3) rough.server.last.tell(late.splice(Math.floor(random() * late.length), 1)[0] as Logged);
      if (random() < 0.05) rough.server.last.lose();
      if (random() < 0.2) await rough.clock.advance(random() * 400);
    }
    await calm.clock.advance(60_000);
    await rough.clock.advance(60_000);
    while (await rough.client.conversation(room).loadOlder());
    expect(seen(rough.client)).toEqual(seen(calm.client));
    if (arrives === 0) expect(rough.client.conversations.get()[0]?.unread).toEqual(calm.client.conversations.get()[0]?.unread);
    expect(seen(calm.client).length).toBeGreaterThan(20);
    await rough.client.close();
    await calm.client.close();
  },
);
