import { expect, test } from "vitest";
import { FakeClock, settle } from "./clock.js";
import { setup } from "./client.js";
import { FakeServer } from "./server.js";

const room = "g_aaaaaaaaaaaaaaaaaaaaaaaaaa";

/** A client that has loaded a room with some messages of others, and a copy of what its store holds. */
async function begun(count: number) {
  const server = new FakeServer(new FakeClock());
  for (let i = 1; i <= count; i++) server.append(room, { body: { text: `old ${i}` } });
  const all = setup({}, server);
  await all.connect();
  const conversation = all.client.conversation(room);
  await conversation.loadOlder();
  const texts = () => conversation.timeline.get().messages.map(({ text }) => text);
  const kept = async () => {
    await all.clock.advance(1000);
    return JSON.stringify(await all.store.load());
  };
  return { ...all, conversation, texts, kept };
}

test("what is cleared is shown, counted, quoted and kept no more", async () => {
  const { conversation, server, texts, kept, client } = await begun(3);
  server.last.tell(server.append(room, { event: "edited", version: 1, edited: "2026-11-22T00:00:00.000Z", body: { target: 1, text: "old and edited" } }));
  server.last.tell(server.append(room, { body: { text: "an answer", reply: 2 } }));
  expect(conversation.timeline.get().messages[3]?.reply?.text).toBe("old 2");
  await conversation.clear(3);
  expect(server.asked("prefs")).toMatchObject([{ conversation: room, cleared: 3 }]);
  expect(texts()).toEqual(["an answer"]);
  expect(conversation.timeline.get()).toMatchObject({ start: true, messages: [{ reply: { seq: 2, gone: true } }] });
  expect(conversation.message(2)).toBeUndefined();
  expect(conversation.summary.get()).toMatchObject({ last: { text: "an answer" }, unread: { count: 1 } });
  expect(await kept()).not.toMatch(/old/);
  expect(await conversation.loadOlder()).toBe(false);
  await conversation.clear();
  expect(texts()).toEqual([]);
  expect(client.conversations.get()).toMatchObject([{ unread: { count: 0 } }]);
  expect(conversation.summary.get()?.last).toBeUndefined();
  expect(await kept()).not.toMatch(/answer/);
});

test("what another device has cleared goes, what is said of it is not shown, and what follows is", async () => {
  const { conversation, server, texts, kept } = await begun(4);
  server.answer = ({ action }) => (action === "explain" ? { conversation: room, from: 4, head: 4, since: 3, count: 1, seqs: [4] } : undefined);
  server.last.tell({ event: "prefs", conversation: room, cleared: 3 });
  expect(texts()).toEqual(["old 4"]);
  conversation.summary.get(); // what the server has counted does not hold, so it is asked
  await settle();
  expect(conversation.summary.get()?.unread.count).toBe(1);
  server.last.tell(server.append(room, { event: "edited", version: 1, edited: "2026-11-22T00:00:00.000Z", body: { target: 2, text: "again" } }));
  server.last.tell(server.append(room, { body: { text: "new" } }));
  expect(texts()).toEqual(["old 4", "new"]);
  expect(await kept()).not.toMatch(/again/);
});

test("who was away learns what was cleared, also of what did not come, and loses nothing that follows", async () => {
  const { conversation, server, texts, clock } = await begun(2);
  server.last.lose();
  for (let i = 3; i <= 6; i++) server.append(room, { body: { text: `old ${i}` } });
  server.lines.set(room, { cleared: 4, from: 5 });
  await clock.advance(10_000);
  expect(texts()).toEqual(["old 5", "old 6"]);
  expect(conversation.timeline.get().start).toBe(true);
  expect(conversation.summary.get()?.unread.count).toBe(2);
});

test("what waited for an entry that is cleared comes at once", async () => {
  const { server, texts } = await begun(2);
  server.append(room, { body: { text: "lost" } });
  server.last.tell(server.append(room, { body: { text: "new" } }));
  expect(texts()).toEqual(["old 1", "old 2"]);
  server.last.tell({ event: "prefs", conversation: room, cleared: 3 });
  expect(texts()).toEqual(["new"]);
  expect(server.asked("sync")).toEqual([]);
});

test("a list that is late does not bring back what was cleared meanwhile", async () => {
  const { conversation, server, texts, client } = await begun(3);
  let answer: (() => void) | undefined;
  server.answer = (frame, socket) => {
    if (frame.action !== "conversations") return undefined;
    const last = server.logs.get(room)?.at(-1);
    const late = { conversation: room, kind: "group", name: "Group", size: 2, head: 3, role: "member", can: ["send"], last, unread: { count: 3 } };
    answer = () => socket.tell({ event: "reply", ref: frame.ref, result: { conversations: [late], since: "x", of: 1 } });
    return null;
  };
  server.last.lose();
  client.wake();
  await settle();
  client.wake();
  await settle();
  expect(answer).toBeDefined();
  server.last.tell({ event: "prefs", conversation: room, cleared: 3 });
  answer?.();
  await settle();
  expect(texts()).toEqual([]);
  expect(conversation.summary.get()).toMatchObject({ last: undefined, unread: { count: 0 } });
});

test("a page that was asked for before is dropped when it comes after", async () => {
  const server = new FakeServer(new FakeClock());
  for (let i = 1; i <= 3; i++) server.append(room, { body: { text: `old ${i}` } });
  const { client, connect } = setup({}, server);
  await connect();
  const conversation = client.conversation(room);
  const page = conversation.loadOlder();
  server.last.tell({ event: "prefs", conversation: room, cleared: 2 });
  await page;
  expect(conversation.timeline.get().messages.map(({ text }) => text)).toEqual(["old 3"]);
});
