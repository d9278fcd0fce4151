import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { createServer, type AddressInfo } from "node:net"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { createInterface } from "node:readline"

/** The folder of the project. */
export const root = resolve(import.meta.dirname, "../../..")

const parts = ["web", "gateway", "s3", "dynamodb", "sns", "sqs"] as const
type Ports = Record<(typeof parts)[number], number>

/** Where a local stack is, as whoever did not start it needs to know. */
export interface Where { web: string; gateway: string; dynamodb: string; ports: Ports }

/** A local stack on ports and in a folder of its own, which it keeps when it is stopped and started again. */
export class Stack implements Where {
  private process?: ChildProcess
  private constructor(readonly ports: Ports, private readonly data: string) {}

  /** A stack that runs, from the binary that `make local` builds. */
  static async start(): Promise<Stack> {
    const stack = new Stack(await free(), await mkdtemp(join(tmpdir(), "parley-browser-")))
    await stack.start()
    return stack
  }

  get web() { return `http://127.0.0.1:${this.ports.web}` }
  get gateway() { return `ws://127.0.0.1:${this.ports.gateway}/local` }
  get dynamodb() { return `http://127.0.0.1:${this.ports.dynamodb}` }
  get where(): Where { return { web: this.web, gateway: this.gateway, dynamodb: this.dynamodb, ports: this.ports } }

  async start(): Promise<void> {
    const flags = parts.flatMap((part) => [`-${part}-port`, String(this.ports[part])])
    // Without the console, which counts every request, it is as fast as it can be.
    const child = spawn(join(root, "build/local/parley"), [...flags, "-root", root, "-data", this.data, "-log", "error", "-console=false"], {
      stdio: ["ignore", "pipe", "pipe"],
    })
    this.process = child
    let complaints = ""
    child.stderr.on("data", (text) => { complaints = (complaints + text).slice(-4000) })
    const ended = once(child, "exit").then(() => { throw new Error(`the stack ended:\n${complaints}`) })
    const ready = new Promise<void>((done) => {
      createInterface(child.stdout).on("line", (line) => { if (line.startsWith("Parley is ready")) done() })
    })
    await Promise.race([ready, ended])
    ended.catch(() => {}) // from now on its end is wanted
  }

  /** Ends the process; its data and its ports stay. */
  async stop(): Promise<void> {
    const child = this.process
    if (!child || child.exitCode !== null) return
    const ended = once(child, "exit")
    child.kill("SIGTERM")
    await ended
  }

  /** Ends the process and forgets everything. */
  async destroy(): Promise<void> {
    await this.stop()
    await rm(this.data, { recursive: true, force: true })
  }
}

/** Ports that nobody uses: each is open until all are found. */
async function free(): Promise<Ports> {
  const servers = await Promise.all(parts.map(async () => {
    const server = createServer().listen(0, "127.0.0.1")
    await once(server, "listening")
    return server
  }))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))))
  return Object.fromEntries(parts.map((part, i) => [part, ports[i]])) as Ports
}
