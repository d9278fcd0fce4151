import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const binary = join(root, "build/local/parley");

/** How to start a stack. */
export interface Start {
  /** Ports by their flags without "-port"; those that are not given are free ones. */
  ports?: { web?: number; gateway?: number; s3?: number };
  /** The folder of its data; by default a new one, which is removed at the end. */
  data?: string;
  /** Whether the console is served and costs are counted; by default not, which is faster. */
  console?: boolean;
  /** Further flags: the binary prints them with -help. */
  flags?: string[];
}

/** A local stack: the functions that are deployed, between stand-ins for the services of AWS, as a process of its own. */
export interface Stack {
  /** The WebSocket API. */
  url: string;
  /** The web app, tokens, health and the console. */
  web: string;
  data: string;
  /** A token for any user, from POST /dev/token. */
  token(user: string): Promise<string>;
  /** Ends it as Ctrl-C does. Its data stay if they were given. */
  stop(): Promise<void>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
}

/** Starts the stack that `make local` has built, and waits until it is ready. */
export async function startStack({ ports = {}, data, console: counts = false, flags = [] }: Start = {}): Promise<Stack> {
  if (!existsSync(binary)) throw new Error(`there is no ${binary}: run make local`);
  const folder = data ?? (await mkdtemp(join(tmpdir(), "parley-sdk-")));
  const given: Record<string, number> = { ...ports };
  const numbers = services().map((name) => `-${name}-port=${given[name] ?? 0}`);
  const args = ["-root", root, "-data", folder, `-console=${counts}`, "-log", "error", ...numbers, ...flags];
  const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
  const { url, tokens } = await addresses(child);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.kill(signal);
      await exited;
    }
    if (!data) await rm(folder, { recursive: true, force: true });
  };
  return {
    url,
    web: new URL(tokens).origin,
    data: folder,
    token: async (user) => {
      const response = await fetch(tokens, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ user }) });
      if (!response.ok) throw new Error(`no token: ${response.status}`);
      return ((await response.json()) as { token: string }).token;
    },
    stop: () => end("SIGINT"),
    kill: () => end("SIGKILL"),
  };
}

/** services are those that have a port: the binary knows them, and another one begins to be there without a change here. */
function services(): string[] {
  const { stdout, stderr } = spawnSync(binary, ["-help"], { encoding: "utf8" });
  return [...`${stdout}${stderr}`.matchAll(/^ +-(\w+)-port /gm)].map(([, name]) => name as string);
}

/** addresses reads what the stack prints when it is ready. */
function addresses(child: ChildProcess): Promise<{ url: string; tokens: string }> {
  return new Promise((resolve, reject) => {
    let said = "";
    const hear = (text: Buffer) => {
      said += text.toString();
      const url = /clients\s+(ws:\S+)/.exec(said)?.[1];
      const tokens = /tokens\s+POST (http:\S+)/.exec(said)?.[1];
      if (url && tokens && said.includes("Ctrl-C")) resolve({ url, tokens });
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("exit", (code) => reject(new Error(`the stack ended with ${code}: ${said}`)));
    child.once("error", reject);
  });
}
