import { Backoff } from "./backoff.js";
import { wait } from "./clock.js";
import type { Uploadable, UploadOptions } from "./conversation.js";
import type { Core } from "./core.js";
import { ParleyError, fail } from "./error.js";
import { sha256 } from "./id.js";
import { type Attachment, type DownloadResult, MaxUpload, type UploadResult } from "./wire.js";

/** How often a transfer is tried, each time with a new signature. */
const tries = 3;
/** How long before the end of a signature another one is asked for, in milliseconds. */
const margin = 30_000;
/** How many signatures are remembered. */
const mostSigned = 500;

/** Media transfers files and remembers where they can be fetched. */
export class Media {
  readonly #signed = new Map<string, { until: number; url: Promise<string> }>();

  constructor(private readonly core: Core) {}

  /** Uploads a file, to be attached to a message. What is not attached soon is collected. */
  async upload(file: Uploadable, { onProgress, signal }: UploadOptions = {}): Promise<Attachment> {
    const body = "bytes" in file && file.bytes instanceof Uint8Array ? file.bytes : (file as Blob); // a Blob has a method bytes
    const size = body instanceof Uint8Array ? body.length : body.size;
    const name = "name" in file && typeof file.name === "string" ? file.name : "file";
    const type = (file.type.split(";")[0] || "application/octet-stream") as Attachment["type"];
    const most = this.core.self.limit("MaxUpload", MaxUpload);
    if (size > most) throw new ParleyError("too_large", `size: at most ${most} bytes`);
    if (size === 0) throw new ParleyError("invalid", "size: the file is empty");
    const bytes = body instanceof Uint8Array ? body : new Uint8Array(await body.arrayBuffer());
    const request = { name, type, size, sha256: base64(await digest(bytes)) };
    const backoff = new Backoff(this.core.random);
    for (let i = 1; ; i++) {
      const { media, url, headers } = await this.core.ask<UploadResult>("upload", request, signal);
      try {
        onProgress?.(0, size);
        await this.#put(url, headers, body, onProgress, signal);
        onProgress?.(size, size);
        return { media, name, type, size };
      } catch (thrown) {
        if (signal?.aborted) throw new ParleyError("cancelled", "the signal ended it");
        if (i === tries) throw fail(thrown, "transfer");
        await wait(this.core.clock, backoff.next(), signal);
      }
    }
  }

  async #put(url: string, headers: Record<string, string>, body: Blob | Uint8Array, onProgress: UploadOptions["onProgress"], signal?: AbortSignal): Promise<void> {
    // Only XMLHttpRequest tells how far an upload is.
    if (onProgress && typeof XMLHttpRequest !== "undefined") await send(url, headers, body, onProgress, signal);
    else {
      const response = await this.core.fetch(url, { method: "PUT", headers, body: body as XMLHttpRequestBodyInit, signal });
      if (!response.ok) throw new ParleyError("transfer", `the PUT was answered ${response.status}`);
    }
  }

  /** Where to GET something, for at least half a minute. */
  url(body: { conversation?: string; seq?: number; user?: string; media: string }): Promise<string> {
    const key = JSON.stringify(body);
    const known = this.#signed.get(key);
    if (known && known.until > this.core.serverNow() + margin) return known.url;
    const asked = this.core.ask<DownloadResult>("download", body);
    const row = { until: Infinity, url: asked.then(({ url }) => url) };
    this.#signed.set(key, row);
    asked.then(
      ({ expires }) => (row.until = Date.parse(expires)),
      () => this.#signed.delete(key),
    );
    const [oldest] = this.#signed.keys();
    if (this.#signed.size > mostSigned && oldest) this.#signed.delete(oldest);
    return row.url;
  }

  async download(body: { conversation: string; seq: number; media: string }, signal?: AbortSignal): Promise<Blob> {
    const url = await this.url(body);
    try {
      const response = await this.core.fetch(url, signal ? { signal } : {});
      if (!response.ok) throw new ParleyError("transfer", `the GET was answered ${response.status}`);
      return await response.blob();
    } catch (thrown) {
      if (signal?.aborted) throw new ParleyError("cancelled", "the signal ended it");
      throw thrown instanceof ParleyError ? thrown : new ParleyError("transfer", "the file was not fetched");
    }
  }

  forget(): void {
    this.#signed.clear();
  }
}

/** digest is SHA-256: by the platform where it has it, which is many times as fast. */
async function digest(bytes: Uint8Array): Promise<Uint8Array> {
  const subtle = typeof crypto === "undefined" ? undefined : crypto.subtle;
  return subtle ? new Uint8Array(await subtle.digest("SHA-256", bytes as BufferSource)) : sha256(bytes);
}

const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));

function send(url: string, headers: Record<string, string>, body: Blob | Uint8Array, onProgress: NonNullable<UploadOptions["onProgress"]>, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) {
      if (name.toLowerCase() !== "content-length") request.setRequestHeader(name, value); // browsers set it, and complain of who does
    }
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
    const failed = (message: string) => () => reject(new ParleyError("transfer", message));
    request.onerror = failed("the file was not sent");
    request.onabort = failed("cancelled");
    request.onload = () => (request.status < 300 ? resolve() : failed(`the PUT was answered ${request.status}`)());
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body as XMLHttpRequestBodyInit);
  });
}
