import { expect, test } from "vitest";
import { FakeClock, settle } from "./clock.js";
import { setup } from "./client.js";
import { FakeServer } from "./server.js";

const room = "g_aaaaaaaaaaaaaaaaaaaaaaaaaa";

function server() {
  const some = new FakeServer(new FakeClock());
  some.append(room, { body: { text: "hi" } });
  return some;
}

test("a request waits for a connection, ends with its time or its signal, and says which it was", async () => {
  const { client, connect, server: s, clock } = setup({}, server());
  const offline = client.request("preview", { code: "x" }, { timeout: 1000 }).catch(({ code }) => code);
  await clock.advance(1000);
  expect(await offline).toBe("offline");
  await connect();
  s.answer = ({ action }) => (action === "preview" ? null : undefined);
  const late = client.request("preview", { code: "x" }, { timeout: 1000 }).catch(({ code }) => code);
  await clock.advance(1000);
  expect(await late).toBe("timeout");
  const stop = new AbortController();
  const cancelled = client.request("preview", { code: "x" }, { signal: stop.signal }).catch(({ code }) => code);
  stop.abort();
  expect(await cancelled).toBe("cancelled");
  expect(await client.request("preview", { code: "x" }, { signal: stop.signal }).catch(({ code }) => code)).toBe("cancelled");
  const closed = client.request("preview", { code: "x" }).catch(({ code }) => code);
  await settle();
  await client.close();
  expect(await closed).toBe("closed");
});

test("a temporary error is met again after the wait, internal five times, a permanent one never", async () => {
  const { client, connect, server: s, clock } = setup({}, server());
  await connect();
  const codes = ["unavailable", "limited", ...Array<string>(5).fill("internal")];
  s.answer = ({ action }) => (action === "preview" ? { event: "error", code: codes.shift(), message: "no", retry_after: 3 } : undefined);
  const failed = client.request("preview", { code: "x" }).catch((error) => error);
  await clock.advance(120_000);
  expect(await failed).toMatchObject({ code: "internal", temporary: true, retryAfter: 3 });
  expect(s.asked("preview").length).toBe(7);
  s.answer = ({ action }) => (action === "preview" ? { event: "error", code: "not_found", message: "no" } : undefined);
  await expect(client.request("preview", { code: "x" })).rejects.toMatchObject({ code: "not_found", temporary: false });
  expect(s.asked("preview").length).toBe(8);
});

test("API Gateway's own error is met like no answer: soon, where it may be about several", async () => {
  const { client, connect, server: s, clock } = setup({}, server());
  await connect();
  const gateway = { message: "Internal server error", connectionId: "c", requestId: "r" };
  s.answer = ({ action }) => (action === "preview" ? null : undefined);
  const one = client.request("preview", { code: "one" });
  await settle();
  s.last.tell(gateway);
  s.answer = ({ action }) => (action === "preview" ? { name: "found" } : undefined);
  await clock.advance(1500);
  expect(await one).toEqual({ name: "found" });
  s.answer = ({ action }) => (action === "preview" ? null : undefined);
  const two = [client.request("preview", { code: "a" }), client.request("preview", { code: "b" })];
  await settle();
  s.last.tell(gateway);
  s.answer = ({ action }) => (action === "preview" ? { name: "found" } : undefined);
  await clock.advance(1999);
  expect(s.asked("preview").length).toBe(4);
  await clock.advance(1);
  expect(await Promise.all(two)).toEqual([{ name: "found" }, { name: "found" }]);
});

test("a request that meets an expired token goes on over a new connection", async () => {
  const { client, connect, server: s, clock, asked } = setup({}, server());
  await connect();
  let expired = true;
  s.answer = ({ action }) => {
    if (action !== "preview" || !expired) return action === "preview" ? { name: "found" } : undefined;
    expired = false;
    return { event: "error", code: "unauthenticated", message: "expired" };
  };
  const found = client.request("preview", { code: "x" });
  await clock.advance(1000);
  expect(await found).toEqual({ name: "found" });
  expect([s.sockets.length, asked.length]).toEqual([2, 2]);
});

test("a frame that is too long is refused here: it would cost the connection", async () => {
  const { client, connect, server: s } = setup({}, server());
  await connect();
  const { sent } = client.conversation(room).send("ä".repeat(16_384));
  await expect(sent).rejects.toMatchObject({ code: "too_large" });
  expect(s.asked("send")).toEqual([]);
  expect(client.connection.get().state).toBe("connected");
});

test("others hear of typing at once, then every nine seconds, and of its end, but not of one that a message ends", async () => {
  const { client, connect, server: s, clock } = setup({}, server());
  await connect();
  const there = client.conversation(room);
  for (let key = 0; key < 20; key++) {
    there.typing("typing");
    await clock.advance(500);
  }
  expect(s.asked("typing").length).toBe(2);
  there.typing("nothing");
  there.typing("nothing");
  expect(s.asked("typing").map(({ kind }) => kind)).toEqual(["text", "text", "none"]);
  there.typing("recording");
  there.send("said");
  there.typing("nothing");
  expect(s.asked("typing").map(({ kind }) => kind)).toEqual(["text", "text", "none", "audio"]);
});

test("what is read rides with the typing, or waits for the answer that says it", async () => {
  const { client, connect, server: s, clock } = setup({}, server());
  await connect();
  const there = client.conversation(room);
  const hear = () => s.last.tell(s.append(room, { body: { text: "more" } }));
  hear();
  there.read();
  there.typing("typing");
  expect(s.asked("typing")[0]).toMatchObject({ kind: "text", read: 2 });
  await clock.advance(60_000);
  expect(s.asked("receipts")).toEqual([]);
  hear();
  there.read();
  await there.send("an answer has read what stands before").sent;
  await clock.advance(60_000);
  expect(s.asked("receipts")).toEqual([]);
  s.last.tell({ event: "typing", conversation: room, user: "bob", kind: "text", for: 10 });
  hear();
  there.read();
  await clock.advance(2999);
  s.last.tell({ event: "typing", conversation: room, user: "bob", kind: "text", for: 10 });
  await clock.advance(10_000); // the other one goes on typing: one receipt will do for all
  expect(s.asked("receipts")).toEqual([]);
  await clock.advance(10_000);
  expect(s.asked("receipts").map(({ cursors }) => cursors)).toEqual([[{ conversation: room, read: 5 }]]);
});

test("what was told and lost with the connection is told again after the next list", async () => {
  const { client, connect, server: s, clock } = setup({}, server());
  await connect();
  s.last.tell(s.append(room, { body: { text: "more" } }));
  client.conversation(room).read();
  await clock.advance(4000);
  expect(s.asked("receipts").length).toBe(1);
  s.lines.delete(room); // the server never got it
  s.last.lose();
  await clock.advance(4000);
  expect(s.asked("receipts").map(({ cursors }) => cursors)).toEqual([[{ conversation: room, read: 2 }], [{ conversation: room, read: 2 }]]);
});

test("a draft is stored when nothing was typed for two seconds, once, and a message clears it in the same frame", async () => {
  const { client, connect, server: s, clock } = setup({}, server());
  await connect();
  const there = client.conversation(room);
  for (const text of ["h", "he", "hel"]) {
    there.setDraft(text, 1);
    await clock.advance(1500);
  }
  expect(s.asked("draft")).toEqual([]);
  await clock.advance(500);
  expect(s.asked("draft").map(({ to, body }) => ({ to, body }))).toEqual([{ to: { conversation: room }, body: { text: "hel", reply: 1 } }]);
  s.last.tell({ event: "draft", conversation: room, body: { text: "elsewhere" }, at: "2026-11-22T00:00:00.000Z" });
  expect(there.draft.get()).toEqual({ text: "elsewhere" });
  await there.send("hello").sent;
  expect(s.asked("send")[0]?.draft).toBe(true);
  expect(there.draft.get()).toBeUndefined();
  await clock.advance(10_000);
  expect(s.asked("draft").length).toBe(1);
});

test("raw events are heard as they come, until one stops listening", async () => {
  const { client, connect, server: s } = setup({}, server());
  await connect();
  const heard: unknown[] = [];
  const stop = client.on("message", ({ seq }) => heard.push(seq));
  const entry = s.append(room, { body: { text: "x" } });
  s.last.tell(entry);
  s.last.tell(entry);
  stop();
  s.last.tell(entry);
  expect(heard).toEqual([2, 2]);
});
