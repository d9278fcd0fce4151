// Ids follow from what they are for, by the rules of pkg/chat/id.go: so a client knows them before the server has answered.

const base32 = "abcdefghijklmnopqrstuvwxyz234567";

const utf8 = (text: string): Uint8Array => {
  const escaped = unescape(encodeURIComponent(text)); // React Native has had no TextEncoder for long
  return Uint8Array.from(escaped, (c) => c.charCodeAt(0));
};

const rotate = (x: number, n: number) => (x >>> n) | (x << (32 - n));

/** The round constants and the first state of SHA-256 are fractions of the cube and square roots of the first primes. */
function fractions(): [Uint32Array, Uint32Array] {
  const k = new Uint32Array(64);
  const h = new Uint32Array(8);
  const part = (x: number) => ((x - Math.floor(x)) * 0x100000000) | 0;
  for (let n = 2, found = 0; found < 64; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
    if (!prime) continue;
    if (found < 8) h[found] = part(Math.sqrt(n));
    k[found++] = part(Math.cbrt(n));
  }
  return [k, h];
}

let constants: [Uint32Array, Uint32Array] | undefined;

/** sha256 is FIPS 180-4. WebCrypto has it only with a promise, only on https, and not in React Native. */
export function sha256(data: Uint8Array): Uint8Array {
  const [k, begin] = (constants ??= fractions());
  const padded = new Uint8Array(((data.length + 8) >> 6 << 6) + 64);
  padded.set(data);
  padded[data.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(data.length / 0x20000000));
  view.setUint32(padded.length - 4, data.length << 3);
  const h = begin.slice();
  const w = new Uint32Array(64);
  for (let offset = 0; offset < padded.length; offset += 64) {
    for (let i = 0; i < 64; i++) {
      if (i < 16) {
        w[i] = view.getUint32(offset + 4 * i);
        continue;
      }
      const a = w[i - 15] as number;
      const b = w[i - 2] as number;
      const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
      const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
      w[i] = (w[i - 16] as number) + s0 + (w[i - 7] as number) + s1;
    }
    let [a, b, c, d, e, f, g, last] = h as unknown as [number, number, number, number, number, number, number, number];
    for (let i = 0; i < 64; i++) {
      const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const t1 = (last + s1 + ((e & f) ^ (~e & g)) + (k[i] as number) + (w[i] as number)) | 0;
      const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [last, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    h.set([a, b, c, d, e, f, g, last].map((x, i) => x + (h[i] as number)));
  }
  const sum = new Uint8Array(32);
  h.forEach((x, i) => new DataView(sum.buffer).setUint32(4 * i, x));
  return sum;
}

/** digest is 130 bits of SHA-256 in lower-case base32. */
function digest(...parts: string[]): string {
  let bits = 0;
  let held = 0;
  let out = "";
  for (const byte of sha256(utf8(parts.join("\0")))) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5 && out.length < 26; bits -= 5) out += base32[(held >>> (bits - 5)) & 31];
    held &= 31;
  }
  return out;
}

/** The conversation between two people, whoever writes first. User ids are ASCII, so their order is that of their bytes. */
export const directID = (a: string, b: string) => `d_${a < b ? digest("direct", a, b) : digest("direct", b, a)}`;

/** The thread about a message. */
export const threadID = (parent: string, root: number) => `t_${digest("thread", parent, String(root))}`;

/** A random UUID, version 4. */
export function newID(): string {
  const u = crypto.getRandomValues(new Uint8Array(16));
  u[6] = ((u[6] as number) & 0x0f) | 0x40;
  u[8] = ((u[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(u, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A name for this device: 16 letters and digits. */
export const newDevice = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => base32[byte & 31]).join("");
