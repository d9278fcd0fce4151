// Plays the scenes with npm's ws and prints what was seen: node ws.mjs wss://…
import WebSocket from "ws";

import { scenes } from "./scenes.mjs";

globalThis.WebSocket = WebSocket;
console.log(JSON.stringify(await scenes(process.argv[2])));
