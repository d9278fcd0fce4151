import { expect, test } from "vitest";
import type { Entry } from "../src/entry.js";
import { Room } from "../src/room.js";
import { type Around, message } from "../src/snapshot.js";
import { generator, script } from "./script.js";

const around: Around = { user: "ann", changes: [], quote: (seq) => ({ seq }), thread: (_, conversation) => ({ conversation }), status: () => "sent" };

const shown = (room: Room) => room.order.map((seq) => message(room.get(seq) as never, around));

const entries = (random: () => number) =>
  script(random).map((entry, i) => ({ event: "message", id: `${i}`, conversation: "g_a", at: "2026-11-22T00:00:00.000Z", ...entry, seq: i + 11 }) as Entry);

test.each(Array.from({ length: 40 }, (_, i) => i + 1))("in whatever order entries come, and how often, a room shows the same (seed %i)", (seed) => {
  const random = generator(seed);
  const all = entries(random);
  const calm = new Room();
  for (const e of all) calm.apply(e);
  const mixed = [...all, ...all.slice(0, 20)].map((e) => [random(), e] as const).sort(([a], [b]) => a - b);
  const rough = new Room();
  for (const [, e] of mixed) rough.apply(e);
  expect(shown(rough)).toEqual(shown(calm));
  expect(rough.pinned().map(({ seq }) => seq)).toEqual(calm.pinned().map(({ seq }) => seq));
});

test("what a store keeps of a room makes the same room again, and holds nothing of what is gone", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const before = new Room();
    for (const e of entries(generator(seed))) before.apply(e);
    before.hide([before.order[3] as number]);
    const kept = before.entries(11);
    const after = new Room();
    for (const e of JSON.parse(JSON.stringify(kept)) as Entry[]) after.apply(e);
    expect(shown(after)).toEqual(shown(before));
    const gone = shown(before).filter(({ kind }) => kind === "deleted");
    const texts = kept.filter(({ seq, body }) => gone.some((m) => m.seq === seq || (m.seq === body.target && body.text)));
    expect(texts.map(({ body }) => body.text)).toEqual(gone.map(() => undefined));
  }
});
