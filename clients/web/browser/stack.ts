import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer, type AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { startStack, type Stack as Running } from "../../typescript/test/stack"

/** The folder of the project. */
export const root = resolve(import.meta.dirname, "../../..")

const parts = ["web", "gateway", "s3", "dynamodb"] as const
type Ports = Record<(typeof parts)[number], number>

/** Where a local stack is, as whoever did not start it needs to know. */
export interface Where { web: string; gateway: string; dynamodb: string; gatewayPort: number }

/** A local stack on ports and in a folder of its own, which it keeps when it is stopped and started again. */
export class Stack {
  private running?: Running
  private constructor(private readonly ports: Ports, private readonly data: string) {}

  /** One that runs, from the binary that `make local` builds. */
  static async start(): Promise<Stack> {
    const stack = new Stack(await free(), await mkdtemp(join(tmpdir(), "parley-browser-")))
    await stack.start()
    return stack
  }

  get where(): Where {
    const { web, gateway, dynamodb } = this.ports
    return { web: `http://127.0.0.1:${web}`, gateway: `ws://127.0.0.1:${gateway}/local`, dynamodb: `http://127.0.0.1:${dynamodb}`, gatewayPort: gateway }
  }

  async start(): Promise<void> {
    const { dynamodb, ...ports } = this.ports
    this.running = await startStack({ ports, data: this.data, flags: [`-dynamodb-port=${dynamodb}`] })
  }

  /** Ends the process; its data and its ports stay. */
  async stop(): Promise<void> {
    await this.running?.stop()
    this.running = undefined
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
