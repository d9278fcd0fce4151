import WebSocket from "ws";
import { MemoryStore, type Options, Parley, type Readable } from "../src/index.js";
import type { Stack } from "./stack.js";

/** Waits until a Readable has a value that is as wanted, and returns it. */
export function until<T>(readable: Readable<T>, wanted: (value: T) => boolean, milliseconds = 10_000): Promise<T> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const value = readable.get();
      if (!wanted(value)) return;
      done();
      resolve(value);
    };
    const late = setTimeout(() => {
      done();
      reject(new Error(`not in ${milliseconds} ms: ${wanted}; it is ${JSON.stringify(readable.get(), undefined, 1)?.slice(0, 3000)}`));
    }, milliseconds);
    const stop = readable.subscribe(look);
    const done = () => {
      clearTimeout(late);
      stop();
    };
    look();
  });
}

/** A connected client of a user of the stack. */
export async function person(stack: Stack, user: string, options: Partial<Options> = {}): Promise<Parley> {
  const client = new Parley({
    url: stack.url,
    user,
    token: () => stack.token(user),
    socket: WebSocket,
    store: new MemoryStore(),
    ...options,
  });
  client.connect();
  await until(client.connection, ({ caughtUp }) => caughtUp);
  return client;
}
