import { expect, test } from "vitest";
import { MemoryStore } from "../../src/index.js";
import { everybody, until } from "../person.js";

const { come } = everybody();

test("who types is seen typing", async () => {
  const [ann, bob] = await Promise.all([come("ann"), come("bob")]);
  const there = ann.direct("bob");
  await there.send("hi").sent;
  const here = bob.conversation(there.id);
  await until(here.timeline, ({ messages }) => messages.length === 1);
  here.typing("typing");
  await until(there.typists, ([first]) => first?.user === "bob" && first.kind === "typing");
  here.typing("nothing");
  await until(there.typists, (all) => all.length === 0);
});

test("two devices of a user agree on what is unread, marked, pinned, archived, muted and begun", async () => {
  const [cat, phone, laptop] = await Promise.all([come("cat"), come("dan", { device: "phone" }), come("dan", { device: "laptop" })]);
  const there = cat.direct("dan");
  for (const text of ["one", "two", "three"]) await there.send(text).sent;
  const [here, elsewhere] = [phone.conversation(there.id), laptop.conversation(there.id)];
  await until(elsewhere.summary, (line) => line?.unread.count === 3);
  await until(here.summary, (line) => line?.unread.count === 3);
  here.read();
  await until(elsewhere.summary, (line) => line?.unread.count === 0);
  await here.markUnread(2);
  await until(elsewhere.summary, (line) => line?.unread.count === 2 && line.marked === 2);
  expect(await elsewhere.explain()).toMatchObject({ count: 2, seqs: [3, 2] });
  await here.setPinned(true);
  await here.setArchived(true);
  await until(elsewhere.summary, (line) => line?.pinned === true && line.archived);
  await there.send("four").sent;
  await until(elsewhere.summary, (line) => line?.archived === false);
  await here.mute({ mentions: true });
  expect(here.summary.get()?.mute?.mentions).toBe(true);
  await here.unmute();
  expect(here.summary.get()?.mute).toBeUndefined();
  here.setDraft("what I wanted to s", 3);
  await until(elsewhere.draft, (draft) => draft?.text === "what I wanted to s" && draft.reply === 3);
  await here.send("said").sent;
  await until(elsewhere.draft, (draft) => draft === undefined);
  expect((await there.seenBy(1)).users).toEqual([{ user: "dan", read: true }]);
});

test("a draft that was begun without a connection is there after a reload, and on the other device after a connect", async () => {
  const store = new MemoryStore();
  const eve = await come("eve", { store });
  const there = eve.direct("fay");
  await there.send("hi").sent;
  await eve.close();
  there.setDraft("later");
  await eve.close();
  const again = await come("eve", { store, device: "again" });
  expect(again.conversation(there.id).draft.get()).toEqual({ text: "later" });
  const other = await come("eve", { device: "other" });
  await until(other.conversation(there.id).draft, (draft) => draft?.text === "later", 15_000);
});

test("messages are found, page by page, and the search can be ended", async () => {
  const gus = await come("gus");
  const there = gus.direct("hal");
  for (let i = 0; i < 25; i++) await there.send(i % 2 ? `a whale, number ${i}` : `a ship, number ${i}`).sent;
  const found: string[] = [];
  for await (const { entry } of gus.search("whale")) found.push("text" in entry.body ? entry.body.text : "");
  expect(found.length).toBe(12);
  expect(found[0]).toBe("a whale, number 23");
  const stop = new AbortController();
  const taken: number[] = [];
  for await (const hit of gus.search({ text: "number", conversation: there.id, signal: stop.signal })) {
    if (taken.push(hit.seq) === 3) stop.abort();
  }
  expect(taken.length).toBe(3);
}, 60_000);

test("a message is sent later, and taken back", async () => {
  const ida = await come("ida");
  const id = await ida.direct("jan").schedule(Date.now() + 3_600_000, "in an hour");
  expect(await ida.scheduled()).toMatchObject([{ id, to: { user: "jan" }, body: { text: "in an hour" } }]);
  expect(await ida.direct("jan").schedule(Date.now() + 7_200_000, "in two hours", id)).toBe(id);
  expect(await ida.scheduled()).toMatchObject([{ id, body: { text: "in two hours" } }]);
  await ida.unschedule(id);
  expect(await ida.scheduled()).toEqual([]);
  await expect(ida.unschedule(id)).rejects.toMatchObject({ name: "ParleyError", code: "not_found" });
});

test("what is hidden is gone from all devices of the user, and from nobody else's", async () => {
  const [kim, lea, other] = await Promise.all([come("kim"), come("lea"), come("lea", { device: "other" })]);
  const there = kim.direct("lea");
  await there.send("one").sent;
  await there.send("two").sent;
  const [here, elsewhere] = [lea.conversation(there.id), other.conversation(there.id)];
  await until(here.timeline, ({ messages }) => messages.length === 2);
  await until(elsewhere.timeline, ({ messages }) => messages.length === 2);
  await here.hide(1);
  expect(here.timeline.get().messages.map(({ text }) => text)).toEqual(["two"]);
  await until(elsewhere.timeline, ({ messages }) => messages.length === 1);
  expect(there.timeline.get().messages.length).toBe(2);
});

test("a thread is counted below its root, followed by who writes in it, and left", async () => {
  const [max, nat] = await Promise.all([come("max"), come("nat")]);
  const group = await max.createGroup({ name: "Crew", members: ["nat"] });
  const { seq } = await group.send("who cooks?").sent;
  await until(nat.conversations, ([line]) => line?.last?.text === "who cooks?");
  const thread = nat.conversation(group.id).thread(seq);
  await thread.send("I do").sent;
  await until(group.timeline, ({ messages }) => messages.some((m) => m.seq === seq && m.thread?.conversation === thread.id));
  await until(max.conversations, (all) => all.some(({ id, kind, root }) => id === thread.id && kind === "thread" && root?.seq === seq));
  await max.conversation(thread.id).send("thanks").sent;
  await until(nat.conversation(thread.id).timeline, ({ messages }) => messages.at(-1)?.text === "thanks");
  await until(nat.conversation(group.id).timeline, ({ messages }) => messages.some((m) => m.thread?.count === 2));
  await nat.conversation(thread.id).follow(false);
});

test("a thread is read by members who do not follow it, and counted where it begins", async () => {
  const [uma, vic, wes] = await Promise.all([come("uma"), come("vic"), come("wes")]);
  const group = await uma.createGroup({ name: "Deck", members: ["vic", "wes"] });
  const { seq } = await group.send("who steers?").sent;
  const seen = wes.conversation(group.id);
  await until(seen.timeline, ({ messages }) => messages.some((m) => m.seq === seq));
  await vic.conversation(group.id).thread(seq).send("me").sent;
  await until(seen.timeline, ({ messages }) => messages.some((m) => m.thread?.count === 1));
  await until(seen.thread(seq).timeline, ({ messages, start }) => start && messages.some((m) => m.text === "me"));
  expect(wes.conversations.get().map(({ kind }) => kind)).toEqual(["group"]);
});

test("a message with a timer says when it disappears, and does", async () => {
  const [oli, pam] = await Promise.all([come("oli"), come("pam")]);
  const there = oli.direct("pam");
  await there.send("stays").sent;
  await there.send("goes", { expires: 5 }).sent;
  const here = pam.conversation(there.id);
  await until(here.timeline, ({ messages }) => messages[1]?.expiresAt !== undefined);
  await until(here.timeline, ({ messages }) => messages[1]?.kind === "expired" && messages[1].text === undefined);
  expect(there.timeline.get().messages[0]?.text).toBe("stays");
  await there.change({ timer: { after: 60, from: "read" } });
  await until(here.summary, (line) => line?.timer?.after === 60);
  await there.send("goes when read").sent;
  const [last] = (await until(here.timeline, ({ messages }) => messages.at(-1)?.text === "goes when read")).messages.slice(-1);
  expect(last?.expiresAfter).toBe(60);
  here.read();
  await until(there.timeline, ({ messages }) => messages.at(-1)?.expiresAt !== undefined, 15_000);
});

test("what is cleared is gone from all devices of the user, for good, and from nobody else's", async () => {
  const [kim, laptop, lee] = await Promise.all([come("kim"), come("kim"), come("lee")]);
  const there = lee.direct("kim");
  for (const text of ["one", "two"]) await there.send(text).sent;
  const here = kim.conversation(there.id);
  await until(here.timeline, ({ messages }) => messages.length === 2);
  const beside = laptop.conversation(there.id);
  await until(beside.summary, (line) => line?.unread.count === 2);
  await here.clear();
  await until(beside.timeline, ({ messages }) => messages.length === 0);
  await until(beside.summary, (line) => line !== undefined && line.unread.count === 0 && line.last === undefined);
  await there.send({ text: "three", reply: 2 }).sent;
  for (const one of [here, beside]) await until(one.timeline, ({ messages: [only] }) => only?.text === "three" && only.reply?.gone === true);
  expect(await here.loadOlder()).toBe(false);
  const phone = await come("kim");
  const anew = phone.conversation(there.id);
  const { messages, start } = await until(anew.timeline, ({ messages }) => messages.length > 0);
  expect(messages.map(({ text }) => text)).toEqual(["three"]);
  expect(start).toBe(true);
  expect(there.timeline.get().messages.map(({ text }) => text)).toEqual(["one", "two", "three"]);
});

test("a message of a thread that is shown in the group says where it is from, and follows its edits", async () => {
  const [moe, ned] = await Promise.all([come("moe"), come("ned")]);
  const group = await moe.createGroup({ name: "Crew", members: ["ned"], slow: 30, timer: { after: 3600, from: "sent" } });
  expect(group.summary.get()).toMatchObject({ slow: 30, timer: { after: 3600, from: "sent" } });
  await group.change({ slow: 0, timer: { after: 0 } });
  const { seq } = await group.send("when do we sail?").sent;
  const thread = group.thread(seq);
  const local = thread.send("at eight", { inParent: true });
  expect(thread.timeline.get().messages[0]).toMatchObject({ text: "at eight", status: "pending", inParent: true });
  const said = await local.sent;
  expect(thread.message(said.seq)?.inParent).toBe(true);
  const of = { conversation: thread.id, seq: said.seq };
  for (const one of [group, ned.conversation(group.id)]) {
    const { messages } = await until(one.timeline, ({ messages }) => messages.at(-1)?.of !== undefined);
    expect(messages.at(-1)).toMatchObject({ text: "at eight", from: "moe", of, reply: { text: "when do we sail?" } });
  }
  await thread.edit(said.seq, "at nine").sent;
  await until(ned.conversation(group.id).timeline, ({ messages }) => messages.at(-1)?.text === "at nine" && messages.at(-1)?.edited !== undefined);
  const outside = group.send("here", { inParent: true });
  await expect(outside.sent).rejects.toMatchObject({ code: "invalid" });
});
