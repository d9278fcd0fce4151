import { MemoryStore, type Options, Parley } from "../src/index.js";
import { FakeClock, settle } from "./clock.js";
import { FakeServer } from "./server.js";

/** A client of the fake server, on a clock that is moved by hand. Waits are half of what they may be. */
export function setup(options: Partial<Options> = {}, server = new FakeServer(new FakeClock())) {
  const { clock } = server;
  const asked: string[] = [];
  const logged: string[] = [];
  const store = options.store ?? new MemoryStore();
  const client = new Parley({
    url: "ws://server/local",
    user: "ann",
    token: async (why) => {
      asked.push(why);
      return `token ${asked.length}`;
    },
    device: "device-1",
    store,
    socket: server.socket,
    clock,
    random: () => 0.5,
    log: ({ message }) => logged.push(message),
    ...options,
  });
  /** Connects, and lets everything happen that follows from it. */
  const connect = async () => {
    client.connect();
    await settle();
    await settle();
  };
  return { client, server, clock, asked, logged, store, connect };
}
