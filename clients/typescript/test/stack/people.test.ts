import { createECDH, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { everybody, until } from "../person.js";

const { come } = everybody();

test("profiles are fetched together and name the conversations; a contact's name goes before", async () => {
  const [ann, bob] = await Promise.all([come("ann"), come("bob")]);
  await ann.setProfile({ name: "Ann Lee", about: "sails" });
  expect(ann.me.get()?.profile).toMatchObject({ name: "Ann Lee", about: "sails", known: true });
  await ann.direct("bob").send("hi").sent;
  await until(bob.conversations, ([line]) => line?.title === "Ann Lee");
  expect(bob.profile("ann").get()).toMatchObject({ name: "Ann Lee", about: "sails" });
  await bob.setContact("ann", "Annie");
  await until(bob.conversations, ([line]) => line?.title === "Annie");
  const contacts = await until(bob.contacts, (all) => all.length === 1);
  expect(contacts[0]).toMatchObject({ user: "ann", name: "Annie", profile: { name: "Ann Lee" } });
  await bob.removeContact("ann");
  await until(bob.conversations, ([line]) => line?.title === "Ann Lee");
});

test("presence follows who comes, is busy, is away and leaves", async () => {
  const cat = await come("cat");
  const states: string[] = [];
  const presence = cat.presence("dan");
  presence.subscribe(() => states.push(presence.get().status));
  expect(presence.get().status).toBe("unknown");
  const dan = await come("dan");
  await until(presence, ({ status }) => status === "online");
  await dan.setStatus("busy", Date.now() + 60_000);
  expect(dan.me.get()).toMatchObject({ status: "busy" });
  await until(presence, ({ status }) => status === "busy");
  await dan.setStatus("online");
  await until(presence, ({ status }) => status === "online");
  await dan.setAway(true);
  await until(presence, ({ status }) => status === "away");
  await dan.logout();
  const { seen } = await until(presence, ({ status }) => status === "offline");
  expect(Math.abs((seen ?? 0) - Date.now())).toBeLessThan(60_000);
  expect(states).not.toContain("unknown");
});

test("who is blocked is heard no more; a muted one is, but does not count", async () => {
  const [eve, fay, gus] = await Promise.all([come("eve"), come("fay"), come("gus")]);
  const group = await eve.createGroup({ name: "All", members: ["fay", "gus"] });
  const here = (await until(gus.conversations, (all) => all.some(({ id }) => id === group.id))) && gus.conversation(group.id);
  await gus.muteUser("eve");
  await group.send("quietly").sent;
  await fay.conversation(group.id).send("loud").sent;
  await until(here.summary, (line) => line?.last?.text === "loud" && line.unread.count === 1);
  await gus.block("fay");
  const blocked = await until(gus.blocked, (all) => all.length === 1);
  expect(blocked[0]?.user).toBe("fay");
  const { sent } = fay.direct("gus").send("can you hear me?");
  await sent; // they are not told
  await gus.unblock("fay");
  await until(gus.blocked, (all) => all.length === 0);
  expect(gus.conversations.get().map(({ title }) => title)).toEqual(["All"]);
});

test("who is muted or blocked on one device counts on none, until that ends", async () => {
  const [kim, leo] = await Promise.all([come("kim"), come("leo")]);
  const [phone, laptop] = await Promise.all([come("mia"), come("mia")]);
  const group = await kim.createGroup({ name: "All", members: ["leo", "mia"] });
  await kim.conversation(group.id).send("one").sent;
  await leo.conversation(group.id).send("two").sent;
  const unread = (device: typeof phone, count: number) =>
    until(device.conversations, (all) => all.find(({ id }) => id === group.id)?.unread.count === count);
  await Promise.all([unread(phone, 2), unread(laptop, 2)]);
  await phone.muteUser("kim");
  expect((await until(laptop.muted, (all) => all.length === 1))[0]).toEqual({ user: "kim", until: Date.UTC(9999, 11, 31) });
  await Promise.all([unread(phone, 1), unread(laptop, 1)]);
  await laptop.block("leo");
  expect((await until(phone.blocked, (all) => all.length === 1))[0]?.user).toBe("leo");
  await Promise.all([unread(phone, 0), unread(laptop, 0)]);
  const tablet = await come("mia"); // was not told, and asks
  await until(tablet.muted, (all) => all.length === 1);
  await until(tablet.blocked, (all) => all.length === 1);
  await unread(tablet, 0);
  await laptop.unblock("leo");
  await laptop.muteUser("kim", Date.now() + 1500);
  await Promise.all([phone, laptop, tablet].flatMap((device) => [unread(device, 2), until(device.muted, (all) => all.length === 0)]));
  const here = phone.conversation(group.id);
  await here.mute();
  await until(laptop.conversation(group.id).summary, (line) => line?.mute !== undefined);
  await here.unmute();
  await until(laptop.conversation(group.id).summary, (line) => line?.mute === undefined);
});

test("a stranger's message is a request until it is accepted", async () => {
  const [hal, ida] = await Promise.all([come("hal"), come("ida")]);
  expect(await ida.settings({ messages: "contacts" })).toMatchObject({ messages: "contacts", private: false });
  expect(ida.me.get()?.settings?.messages).toBe("contacts");
  await hal.direct("ida").send("hello?").sent;
  const [line] = await until(ida.conversations, ([first]) => first?.request === true);
  await ida.conversation(line?.id ?? "").accept();
  await until(ida.conversations, ([first]) => first?.request === false);
});

test("a device asks to be notified, and not any more", async () => {
  const jan = await come("jan");
  await jan.register("fcm", "token-of-jan");
  await jan.unregister();
  const keys = createECDH("prime256v1");
  keys.generateKeys();
  const p256dh = keys.getPublicKey("base64url");
  const endpoint = "https://fcm.googleapis.com/fcm/send/jan";
  // A browser's PushSubscription says it so.
  const subscription = { toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh, auth: randomBytes(16).toString("base64url") } }) };
  await jan.register("web", subscription);
  await jan.unregister();
});
