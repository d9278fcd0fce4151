import { afterEach, describe, expect, test, vi } from "vitest";
import { ParleyError } from "../src/index.js";
import { settle } from "./clock.js";
import { setup } from "./client.js";

afterEach(() => vi.unstubAllGlobals());

const minute = 60_000;

describe("connecting", () => {
  test("is idle, connecting, connected and caught up, one after the other", async () => {
    const { client, connect, server } = setup();
    const states: string[] = [];
    client.connection.subscribe(() => states.push(client.connection.get().state));
    expect(client.connection.get()).toEqual({ state: "idle", caughtUp: false });
    await connect();
    expect(states).toContain("connecting");
    expect(client.connection.get()).toEqual({ state: "connected", caughtUp: true });
    expect(server.last.url).toBe("ws://server/local?device=device-1");
    expect(server.last.token).toBe("token 1");
    expect(server.last.frames[0]?.action).toBe("hello");
    await client.close();
    expect(client.connection.get()).toEqual({ state: "closed", caughtUp: false });
    expect(server.last.state).toBe("closed");
  });

  test("knows the limits, the version and the clock of the server from hello", async () => {
    const { client, connect, server, clock } = setup();
    server.answer = ({ action }) =>
      action === "hello"
        ? { user: "ann", now: new Date(clock.now() + 5000).toISOString(), expires: "", limits: { MaxText: 7 }, version: "v9" }
        : undefined;
    await connect();
    expect(client.me.get()).toMatchObject({ user: "ann", device: "device-1", limits: { MaxText: 7 }, version: "v9", clockOffset: 5000 });
  });

  test("waits longer and longer, at random, and says why and until when", async () => {
    const { client, connect, server, clock } = setup();
    server.handshake = (socket) => socket.refuse(503);
    await connect();
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      const { state, reason, retryAt = 0 } = client.connection.get();
      expect(["disconnected", "suspended"]).toContain(state);
      expect(reason).toMatchObject({ code: "unavailable", temporary: true });
      waits.push(retryAt - clock.now() - (reason?.retryAfter ?? 0) * 1000);
      await clock.advance(retryAt - clock.now());
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]); // random is one half
    expect(server.sockets.length).toBe(10);
    server.handshake = (socket) => socket.accept();
    await clock.advance(minute);
    expect(client.connection.get().state).toBe("connected");
    await clock.advance(minute); // a good connection: the wait is short again
    server.last.lose();
    await settle();
    expect((client.connection.get().retryAt ?? 0) - clock.now()).toBe(250);
  });

  test("is suspended after two minutes without a connection, and not any more with one", async () => {
    const { client, connect, server, clock } = setup();
    await connect();
    await clock.advance(minute);
    server.handshake = (socket) => socket.refuse();
    server.last.lose();
    await clock.advance(2 * minute - 1);
    expect(client.connection.get().state).toBe("disconnected");
    await clock.advance(1);
    expect(client.connection.get()).toMatchObject({ state: "suspended", reason: { code: "offline" } });
    expect(client.connection.get().retryAt).toBeGreaterThan(clock.now());
    server.handshake = (socket) => socket.accept();
    await clock.advance(30_000);
    expect(client.connection.get().state).toBe("connected");
  });

  test("asks for a fresh token once when the server refuses one, and then gives up", async () => {
    const { client, connect, server, asked } = setup();
    server.handshake = (socket) => (socket.token === "token 1" ? socket.refuse(401) : socket.accept());
    await connect();
    expect(asked).toEqual(["connect", "refused"]);
    expect(client.connection.get().state).toBe("connected");
    await client.close();
    server.handshake = (socket) => socket.refuse(401);
    await connect();
    expect(asked).toEqual(["connect", "refused", "connect", "refused"]);
    expect(client.connection.get()).toMatchObject({ state: "closed", reason: { code: "unauthenticated", temporary: false } });
  });

  test("where the platform does not tell the status, the next attempt has another token", async () => {
    const { connect, server, asked, clock } = setup();
    server.handshake = (socket) => socket.refuse();
    await connect();
    await clock.advance(250);
    await clock.advance(500);
    expect(asked).toEqual(["connect", "refused", "connect"]);
  });

  test("a provider that fails for good closes, one that fails for now is asked again", async () => {
    let fails: unknown = new Error("no network");
    const { client, connect, clock } = setup({
      token: async () => {
        if (fails) throw fails;
        return "token";
      },
    });
    await connect();
    expect(client.connection.get()).toMatchObject({ state: "disconnected", reason: { code: "token" } });
    fails = new ParleyError("forbidden", "the account is closed");
    await clock.advance(250);
    expect(client.connection.get()).toMatchObject({ state: "closed", reason: { code: "forbidden" } });
  });

  test("a handshake that takes more than half a minute is given up", async () => {
    const { client, connect, server, clock } = setup();
    server.handshake = () => undefined;
    await connect();
    await clock.advance(30_000);
    expect(client.connection.get()).toMatchObject({ state: "disconnected", reason: { code: "timeout" } });
    expect(server.sockets[0]?.state).toBe("closed");
  });

  test("stays away when it was replaced, until somebody wants it", async () => {
    const { client, connect, server, clock } = setup();
    await connect();
    server.last.tell({ event: "error", code: "replaced", message: "too many" });
    await clock.advance(10 * minute);
    expect(client.connection.get()).toMatchObject({ state: "closed", reason: { code: "replaced" } });
    expect(server.sockets.length).toBe(1);
    await connect();
    expect(client.connection.get().state).toBe("connected");
  });

  test("an expired token ends the connection, and the next has a fresh one", async () => {
    const { client, connect, server, clock, asked } = setup();
    await connect();
    server.last.tell({ event: "error", code: "unauthenticated", message: "expired" });
    await clock.advance(1000);
    expect(asked).toEqual(["connect", "connect"]);
    expect(client.connection.get().state).toBe("connected");
  });
});

describe("the token goes", () => {
  /** What the constructor of a platform was called with. */
  async function handshake(socket: "given" | "built in"): Promise<unknown[]> {
    let called: unknown[] = [];
    class WebSocket {
      constructor(...args: unknown[]) {
        called = args;
      }
      close() {}
    }
    vi.stubGlobal("WebSocket", WebSocket);
    const { client, connect } = setup({ socket: socket === "given" ? WebSocket : undefined });
    await connect();
    await client.close();
    return called;
  }
  const url = "ws://server/local?device=device-1";
  const headers = { Authorization: "Bearer token 1" };

  test("in a browser as a subprotocol, because nothing else can be set there", async () => {
    vi.stubGlobal("window", new EventTarget());
    expect(await handshake("built in")).toEqual([url, ["parley.v1", "bearer.token 1"]]);
  });

  test("elsewhere as a header, in the way of each platform", async () => {
    expect(await handshake("given")).toEqual([url, ["parley.v1"], { headers }]); // npm's ws
    expect(await handshake("built in")).toEqual([url, { protocols: ["parley.v1"], headers }]); // Node 22
    vi.stubGlobal("window", {});
    vi.stubGlobal("navigator", { product: "ReactNative" });
    expect(await handshake("built in")).toEqual([url, ["parley.v1"], { headers }]);
  });

  test("nowhere without a WebSocket, and the reason says what to do", async () => {
    vi.stubGlobal("WebSocket", undefined);
    const { client, connect } = setup({ socket: undefined });
    await connect();
    expect(client.connection.get()).toMatchObject({ state: "closed", reason: { code: "invalid", message: expect.stringContaining("option socket") } });
  });
});

describe("staying connected", () => {
  test("a new connection is open before the old one closes, at a random moment between 90 and 115 minutes", async () => {
    for (const [random, at] of [
      [0, 90],
      [0.999, 114.975],
    ] as const) {
      const { client, connect, server, clock } = setup({ random: () => random });
      await connect();
      await clock.advance(at * minute - 1000);
      expect(server.sockets.length).toBe(1);
      await clock.advance(2000);
      expect(server.sockets.length).toBe(2);
      expect(server.sockets.map(({ state }) => state)).toEqual(["open", "open"]);
      expect(client.connection.get().state).toBe("connected");
      const told = server.append("g_aaaaaaaaaaaaaaaaaaaaaaaaaa", { body: { text: "to the old one" } });
      server.sockets[0]?.tell(told);
      await clock.advance(19_500);
      expect(server.sockets.map(({ state }) => state)).toEqual(["closed", "open"]);
      await clock.advance(1000);
      expect(client.conversation(told.conversation).timeline.get().messages.map(({ text }) => text)).toEqual(["to the old one"]);
      await client.close();
    }
  });

  test("pings after nine minutes without a frame, and gives a silent server up", async () => {
    const { client, connect, server, clock } = setup();
    await connect();
    await clock.advance(5000); // the second look at the heads
    await clock.advance(9 * minute - 1);
    expect(server.asked("ping")).toEqual([]);
    await clock.advance(1);
    expect(server.asked("ping").length).toBe(1);
    expect(client.connection.get().state).toBe("connected");
    server.answer = () => null;
    await clock.advance(9 * minute + 10_000);
    expect(client.connection.get()).toMatchObject({ state: "disconnected", reason: { code: "timeout" } });
  });

  test("wakes early when the browser says that the network or the person is back", async () => {
    const page = new EventTarget() as EventTarget & { visibilityState: string };
    page.visibilityState = "hidden";
    const window = new EventTarget();
    vi.stubGlobal("window", window);
    vi.stubGlobal("document", page);
    const { client, connect, server, clock } = setup();
    server.handshake = (socket) => socket.refuse(503);
    await connect();
    for (let i = 0; i < 6; i++) await clock.advance((client.connection.get().retryAt ?? 0) - clock.now());
    expect((client.connection.get().retryAt ?? 0) - clock.now()).toBeGreaterThan(10_000);
    const before = server.sockets.length;
    page.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(server.sockets.length).toBe(before); // it went away
    page.visibilityState = "visible";
    page.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(server.sockets.length).toBe(before + 1);
    server.handshake = (socket) => socket.accept();
    window.dispatchEvent(new Event("online"));
    await settle();
    expect(client.connection.get().state).toBe("connected");
    await clock.advance(2000);
    window.dispatchEvent(new Event("offline"));
    expect(server.asked("ping").length).toBe(1); // is it still there?
    await client.close();
    const pings = server.sockets.length;
    window.dispatchEvent(new Event("online"));
    await settle();
    expect(server.sockets.length).toBe(pings);
  });

  test("nothing is left running after close", async () => {
    const { client, connect, clock } = setup();
    await connect();
    await clock.advance(minute);
    await client.close();
    await clock.advance(1000);
    expect(clock.waiting).toBe(0);
  });
});
