declare module "ws" {
  import type { WebSocketConstructor } from "../src/options.js";
  const WebSocket: WebSocketConstructor;
  export default WebSocket;
}
