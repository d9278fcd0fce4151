import { expect, test } from "vitest";
import type { Parley } from "../../src/index.js";
import { everybody, until } from "../person.js";

const { come } = everybody();

const texts = (client: Parley, id: string) =>
  client
    .conversation(id)
    .timeline.get()
    .messages.map(({ text }) => text);

test("two talk: what one says, the other has, and sees who has read it", async () => {
  const [ann, bob] = await Promise.all([come("ann"), come("bob")]);
  const toBob = ann.direct("bob");
  const local = toBob.send("hi");
  expect(local.status).toBe("pending");
  expect(toBob.timeline.get().messages.map(({ text, status }) => [text, status])).toEqual([["hi", "pending"]]);
  const { seq } = await local.sent;
  expect(seq).toBe(1);
  const [line] = await until(bob.conversations, ([first]) => first?.unread.count === 1);
  expect(line).toMatchObject({ id: toBob.id, kind: "direct", peer: "ann", title: "ann", last: { text: "hi" } });
  const fromAnn = bob.conversation(toBob.id);
  expect(texts(bob, toBob.id)).toEqual(["hi"]);
  await until(toBob.timeline, ({ messages }) => messages[0]?.status === "delivered");
  fromAnn.read();
  await until(toBob.timeline, ({ messages }) => messages[0]?.status === "read");
  expect(bob.conversations.get()[0]?.unread.count).toBe(0);
});

test("what is said of a message is shown on it", async () => {
  const [eve, dan] = await Promise.all([come("eve"), come("dan")]);
  const there = eve.direct("dan");
  const { seq } = await there.send({ text: "frist" }).sent;
  const here = dan.conversation(there.id);
  await until(here.timeline, ({ messages }) => messages.length === 1);
  await there.edit(seq, "first").sent;
  await until(here.timeline, ({ messages }) => messages[0]?.text === "first" && messages[0].edited !== undefined);
  await here.react(seq, ["👍"]).sent;
  await until(there.timeline, ({ messages }) => messages[0]?.reactions[0]?.mark === "👍" && !messages[0].reactions[0].mine);
  await here.send({ text: "yes", reply: seq }).sent;
  await until(there.timeline, ({ messages }) => messages[1]?.reply?.text === "first");
  await here.pin(seq).sent;
  await until(there.pins, ([first]) => first?.seq === seq);
  await there.deleteForAll(seq).sent;
  await until(here.timeline, ({ messages }) => messages[0]?.kind === "deleted" && messages[0].text === undefined);
  await until(there.timeline, ({ messages }) => messages[1]?.reply?.gone === true);
});

test("a group, its members, its name, and who leaves", async () => {
  const [gus, hal] = await Promise.all([come("gus"), come("hal")]);
  const group = await gus.createGroup({ name: "Boats", members: ["hal"] });
  expect(group.summary.get()).toMatchObject({ kind: "group", title: "Boats", role: "owner", size: 2 });
  await until(hal.conversations, ([first]) => first?.title === "Boats");
  const here = hal.conversation(group.id);
  await group.change({ name: "Ships" });
  await until(here.summary, (line) => line?.title === "Ships");
  const { code } = await group.invite();
  const ida = await come("ida");
  expect(await ida.preview(code)).toMatchObject({ name: "Ships", size: 2 });
  const joined = await ida.join(code);
  expect(joined.summary.get()?.title).toBe("Ships");
  await until(group.members, (members) => members.length === 3);
  await group.setRole("admin", "ida");
  await until(joined.summary, (line) => line?.role === "admin");
  await here.leave();
  await until(group.members, (members) => members.length === 2);
  await until(hal.conversations, (lines) => lines.length === 0);
});
