import type { Core } from "./core.js";
import { stamp } from "./entry.js";
import type { Found, Query } from "./parley.js";
import type { SearchResult } from "./wire.js";

/** search asks for one page after the other, as long as somebody takes what is found. */
export async function* search(core: Core, { text, from, has, conversation, before, after, signal }: Query): AsyncIterable<Found> {
  const when = (at: number | undefined) => (at === undefined ? undefined : stamp(at));
  const body = { query: text || undefined, from, has, in: conversation, before: when(before), after: when(after) };
  let next: string | undefined;
  do {
    const page = await core.ask<SearchResult>("search", { ...body, next }, signal);
    for (const { conversation: where, entry } of page.hits) {
      if (signal?.aborted) return;
      yield { conversation: where, seq: entry.seq, entry };
    }
    next = page.next;
  } while (next && !signal?.aborted);
}
