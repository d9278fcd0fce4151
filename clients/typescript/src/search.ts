import type { Core } from "./core.js";
import { stamp } from "./entry.js";
import type { Found, Query } from "./parley.js";
import type { SearchResult } from "./wire.js";

/** search asks for one page after the other, as long as somebody takes what is found. */
export async function* search(core: Core, { text, from, has, conversation, before, after, signal }: Query): AsyncIterable<Found> {
  const body = {
    ...(text && { query: text }),
    from: from || undefined,
    has: has || undefined,
    ...(conversation && { in: conversation }),
    ...(before !== undefined && { before: stamp(before) }),
    ...(after !== undefined && { after: stamp(after) }),
  };
  let next: string | undefined;
  do {
    const page = await core.ask<SearchResult>("search", { ...body, next: next || undefined }, signal);
    for (const { conversation: where, entry } of page.hits) {
      if (signal?.aborted) return;
      yield { conversation: where, seq: entry.seq, entry };
    }
    next = page.next;
  } while (next && !signal?.aborted);
}
