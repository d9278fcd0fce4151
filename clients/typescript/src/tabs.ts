// Tabs of a browser share a store. Each holds a lock as long as it is there, so that another knows what is still being sent.

interface Locks {
  request(name: string, held: () => Promise<unknown>): Promise<unknown>;
  query(): Promise<{ held?: Array<{ name?: string }> }>;
}

const locks = (): Locks | undefined =>
  typeof navigator === "undefined" ? undefined : (navigator as unknown as { locks?: Locks }).locks;

/**
 * Calls adopt with each of some owners as soon as nobody else is that owner any more: at once, before this is done, for those
 * that are not there, and later, with late, for those that are. From now on this client is the owner self, until it calls what this
 * returns. Where there are no locks, nobody else is there.
 */
export async function owned(
  store: string | undefined,
  self: string,
  owners: Iterable<string>,
  adopt: (owner: string, late: boolean) => Promise<void>,
): Promise<() => void> {
  const all = store === undefined ? undefined : locks();
  if (!all) {
    for (const owner of owners) await adopt(owner, false);
    return () => undefined;
  }
  const lock = (owner: string) => `parley outbox ${store} ${owner}`;
  let release!: () => void;
  const over = new Promise<void>((resolve) => (release = resolve)); // or until the tab is closed
  await new Promise<void>((resolve) => {
    void all.request(lock(self), () => {
      resolve();
      return over;
    });
  });
  const here = new Set(((await all.query()).held ?? []).map(({ name }) => name));
  for (const owner of owners) {
    const free = !here.has(lock(owner));
    const taken = all.request(lock(owner), () => adopt(owner, true));
    if (free) await taken;
  }
  return release;
}
