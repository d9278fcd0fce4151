// What a client that knows the WebSocket interface of browsers sees of the API. The function runs as it stands in Node, with the
// WebSocket of npm's ws, and in a browser's page: it may use nothing from outside of itself.
export async function scenes(address) {
  const patience = 20_000;

  // open dials with a query and resolves with the socket once it is open or has failed.
  const open = (query, protocols) =>
    new Promise((resolve) => {
      const url = address + "?" + new URLSearchParams({ who: "ann", ...query });
      const socket = protocols ? new WebSocket(url, protocols) : new WebSocket(url);
      const seen = { socket, messages: [], events: [], waiting: [] };
      const tell = () => seen.waiting.splice(0).forEach((f) => f());
      socket.onopen = () => (seen.events.push("open"), resolve(seen));
      socket.onerror = () => seen.events.push("error");
      socket.onmessage = (e) => (seen.messages.push(e.data), tell());
      socket.onclose = (e) => {
        seen.events.push("close");
        seen.closed = { code: e.code, reason: e.reason, clean: e.wasClean };
        resolve(seen);
        tell();
      };
    });

  // until waits for something to have been seen.
  const until = async (seen, done) => {
    const late = Date.now() + patience;
    while (!done()) {
      if (Date.now() > late) throw new Error("waited too long: " + JSON.stringify(seen.events));
      await new Promise((resolve) => {
        seen.waiting.push(resolve);
        setTimeout(resolve, 1000);
      });
    }
  };
  const receive = async (seen) => {
    await until(seen, () => seen.messages.length > 0 || seen.closed);
    return seen.messages.shift();
  };
  const ended = async (seen) => {
    await until(seen, () => seen.closed);
    return seen.closed;
  };
  const returns = (response) => JSON.stringify({ do: "return", result: { statusCode: 200, ...response } });

  const results = {};
  {
    const query = { connect: returns({ headers: { "Sec-WebSocket-Protocol": "chat.v1" } }) };
    const seen = await open(query, ["chat.v1", "bearer.token"]);
    results.protocol = seen.socket.protocol;

    seen.socket.send('{"action":"ping"}');
    results.pong = await receive(seen);

    const body = "ünïcödé ☃ 🂡 <&>";
    seen.socket.send(JSON.stringify({ action: "act", do: "return", result: { statusCode: 200, body } }));
    results.unicode = (await receive(seen)) === body;

    const head = '{"action":"act","padding":"';
    seen.socket.send(head + "x".repeat(32 * 1024 - 1 - head.length - 2) + '"}');
    results.large = JSON.parse(await receive(seen)).body.length;

    seen.socket.close(4001, "bye");
    results.closed = await ended(seen);
  }
  {
    const seen = await open();
    seen.socket.send(new Uint8Array([1, 2, 3]));
    results.binary = (await ended(seen)).code;
  }
  {
    const seen = await open();
    // Of random letters, because the limit is on the frame and both clients compress.
    const random = Array.from(crypto.getRandomValues(new Uint8Array(60_000)), (b) => String.fromCharCode(32 + (b % 64)));
    seen.socket.send(JSON.stringify({ action: "ping", padding: random.join("") }));
    const { code } = await ended(seen);
    results.tooLarge = seen.messages.length === 0 ? code : seen.messages;
  }
  {
    const seen = await open({ connect: '{"do":"return","result":{"statusCode":403}}' });
    results.refused = { events: seen.events, code: (await ended(seen)).code };
  }
  {
    const seen = await open({}, ["chat.v1"]);
    results.notEchoed = { events: seen.events.filter((e) => e !== "open"), code: (await ended(seen)).code };
  }
  return results;
}
