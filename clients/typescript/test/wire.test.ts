import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { directID, newDevice, newID, sha256, threadID } from "../src/id.js";
import { ParleyError } from "../src/index.js";
import { type Counted, unread } from "../src/unread.js";

const events = (file: string) => JSON.parse(readFileSync(new URL(`../../../events/${file}`, import.meta.url), "utf8"));

test("src/wire.ts is what the contract says: if not, npm run generate", async () => {
  const { generate, target } = await import("../scripts/generate.mjs");
  expect(readFileSync(target, "utf8") === generate()).toBe(true);
});

test("unread is what the examples say that all clients share", () => {
  interface Example {
    name: string;
    user: string;
    from?: number;
    read?: number;
    marked?: number;
    marked_at?: number;
    silent?: string[];
    entries: Array<Counted & { deleted?: boolean }>;
    count: number;
    more?: boolean;
    mentions?: number;
    seqs?: number[];
  }
  const examples = events("unread.json") as Example[];
  expect(examples.length).toBeGreaterThan(9);
  for (const { name, user, from = 0, read = 0, marked = 0, marked_at: markedAt = 0, silent = [], entries, ...wanted } of examples) {
    const all = entries.map(({ deleted, ...entry }) => ({ ...entry, gone: deleted }));
    const got = unread({ user, from, read, marked, markedAt, silent: new Set(silent) }, all);
    const { count, more = false, mentions = 0, seqs = got.seqs } = wanted;
    expect({ name, count: got.count, more: got.more, mentions: got.mentions, seqs: got.seqs }).toEqual({ name, count, more, mentions, seqs });
  }
});

test("errors say what the table says of their code", () => {
  for (const { code, temporary, retry_after } of events("errors.json")) {
    const error = new ParleyError(code);
    expect([code, error.temporary, error.retryAfter]).toEqual([code, temporary, retry_after]);
    expect(error).toBeInstanceOf(Error);
  }
  expect(new ParleyError("new_code" as never, "later", 7)).toMatchObject({ temporary: true, retryAfter: 7 });
});

test("ids follow from what they are for, as on the server", async () => {
  // pkg/chat computes these: chat.DirectID("ann", "bob") and so on.
  expect(directID("ann", "bob")).toBe(directID("bob", "ann"));
  expect({
    direct: directID("bob", "ann"),
    thread: threadID("d_ug4pu57g7t2snlkdcbx2lidciz", 42),
  }).toEqual({ direct: "d_ug4pu57g7t2snlkdcbx2lidciz", thread: "t_h3oquz7fkyhy7wcdnhypslja7x" });
  for (const length of [0, 1, 55, 56, 63, 64, 65, 1000]) {
    const data = Uint8Array.from({ length }, (_, i) => i * 7);
    const wanted = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
    expect(sha256(data)).toEqual(wanted);
  }
  expect(newID()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(newDevice()).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
});
