/** A script of a room from its entry 11 on: messages and every kind of change of them. */
export function script(random: () => number): Array<Record<string, unknown>> {
  const all: Array<Record<string, unknown>> = [];
  const said: number[] = [];
  const versions = new Map<number, number>();
  const gone = new Set<number>();
  for (let seq = 11; seq < 71; seq++) {
    const target = said[Math.floor(random() * said.length)];
    const from = ["bob", "cat", "dan"][Math.floor(random() * 3)];
    const kind = target === undefined || gone.has(target) ? 0 : Math.floor(random() * 7);
    if (kind === 3) {
      const version = (versions.get(target as number) ?? 0) + 1;
      versions.set(target as number, version);
      all.push({ event: "edited", from, body: { target, text: `edit ${version}` }, version, edited: "2026-11-22T00:00:00.000Z" });
    } else if (kind === 4) {
      all.push({ event: "reacted", from, body: { target, ...(random() < 0.7 && { reactions: [random() < 0.5 ? "👍" : "❤️"] }) } });
    } else if (kind === 5) all.push({ event: "pinned", from, body: { target, ...(random() < 0.3 && { off: true }) } });
    else if (kind === 6 && random() < 0.4) {
      gone.add(target as number);
      all.push({ event: "deleted", from, body: { target } });
    } else {
      said.push(seq);
      all.push({ from, body: { text: `said ${seq}`, ...(target && random() < 0.3 && { reply: target }) } });
    }
  }
  return all;
}

/** A small generator, so that a failure can be repeated by its seed (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
