import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MemoryStore } from "../../src/index.js";
import { person, stranger, until } from "../person.js";
import { startStack } from "../stack.js";

test("what is said while the server is down is there once, in order, when it is back: over a reload, too", async () => {
  const data = await mkdtemp(join(tmpdir(), "parley-sdk-"));
  let stack = await startStack({ data });
  const ports = { web: Number(new URL(stack.web).port), gateway: Number(new URL(stack.url).port) };
  const store = new MemoryStore();
  let ann = await person(stack, "ann", { store });
  const bob = await person(stack, "bob");
  try {
    const id = ann.direct("bob").id;
    await ann.conversation(id).send("before").sent;
    await stack.kill();
    await until(ann.connection, ({ state }) => state === "disconnected");
    const texts = Array.from({ length: 10 }, (_, i) => `down ${i}`);
    for (const text of texts.slice(0, 5)) ann.conversation(id).send(text);
    await ann.close(); // the reload
    ann = await stranger(stack, "ann", { store });
    expect(ann.conversation(id).timeline.get().messages.map(({ text, status }) => `${text} ${status}`)).toEqual([
      expect.stringMatching(/^before/),
      ...texts.slice(0, 5).map((text) => `${text} pending`),
    ]);
    ann.connect();
    for (const text of texts.slice(5)) ann.conversation(id).send(text);
    stack = await startStack({ data, ports });
    ann.wake();
    bob.wake();
    const { messages } = await until(bob.conversation(id).timeline, (now) => now.messages.length === 11, 40_000);
    expect(messages.map(({ text }) => text)).toEqual(["before", ...texts]);
    expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 11 }, (_, i) => i + 1));
    await until(ann.conversation(id).timeline, (now) => now.messages.every(({ status }) => status !== "pending"));
  } finally {
    await Promise.all([ann.close(), bob.close()]);
    await stack.stop();
    await rm(data, { recursive: true, force: true });
  }
}, 90_000);
