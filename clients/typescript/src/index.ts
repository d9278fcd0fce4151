/**
 * The client of Parley for browsers, React Native and Node. Begin with the class Parley; the README has examples that run.
 */
export type { Clock } from "./clock.js";
export { Conversation, type Uploadable, type UploadOptions } from "./conversation.js";
export { type Failure, ParleyError } from "./error.js";
export { IndexedDBStore } from "./indexeddb.js";
export type * from "./message.js";
export type { LogLine, Options, Socket, WebSocketConstructor } from "./options.js";
export { type Found, Parley, type Query, type Registration, type RequestOptions, type Setup } from "./parley.js";
export type { Readable } from "./readable.js";
export { MemoryStore, type Store } from "./store.js";
export type * from "./summary.js";
export type * as wire from "./wire.js";
