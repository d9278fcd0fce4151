import WebSocket from "ws";
import { afterAll, beforeAll } from "vitest";
import { MemoryStore, type Options, Parley, type Readable } from "../src/index.js";
import { type Stack, type Start, startStack } from "./stack.js";

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

/** A client of a user of the stack that has loaded its store and is not connected. */
export async function stranger(stack: Stack, user: string, options: Partial<Options> = {}): Promise<Parley> {
  const store = new MemoryStore();
  const client = new Parley({ url: stack.url, user, token: () => stack.token(user), socket: WebSocket, store, ...options });
  await client.ready;
  return client;
}

/** A connected client of a user of the stack. */
export async function person(stack: Stack, user: string, options: Partial<Options> = {}): Promise<Parley> {
  const client = await stranger(stack, user, options);
  client.connect();
  await until(client.connection, ({ caughtUp }) => caughtUp);
  return client;
}

/** A stack for the tests of a file, and clients of it that are closed at the end. */
export function everybody(start: Start = {}) {
  let stack: Stack;
  const all: Parley[] = [];
  beforeAll(async () => {
    stack = await startStack(start);
  });
  afterAll(async () => {
    await Promise.all(all.map((client) => client.close()));
    await stack?.stop();
  });
  return {
    stack: () => stack,
    come: async (user: string, options: Partial<Options> = {}) => {
      const client = await person(stack, user, options);
      all.push(client);
      return client;
    },
  };
}
