import { once } from "node:events"
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net"

/** A network between a browser and a port of this machine, which can be cut. */
export class Proxy {
  private readonly open = new Set<Socket>()
  private swallowing = false
  private swallowed?: () => void
  private refusing = false

  private constructor(private readonly server: Server, private readonly to: number) {
    server.on("connection", (client) => this.join(client))
  }

  /** A proxy to a port. */
  static async to(port: number): Promise<Proxy> {
    const server = createServer()
    const proxy = new Proxy(server, port)
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    return proxy
  }

  get port(): number { return (this.server.address() as AddressInfo).port }

  /**
   * From now on nothing that the server says arrives; what the browser says does. Resolves when something was kept from it:
   * the server has answered, and nobody knows.
   */
  swallow(): Promise<void> {
    this.swallowing = true
    return new Promise((done) => { this.swallowed = done })
  }

  /** Ends every connection, and lets later ones pass. */
  cut(): void {
    this.swallowing = false
    for (const socket of this.open) socket.destroy()
  }

  /** Ends every connection, and lets none pass until it is up again. */
  down(): void {
    this.refusing = true
    this.cut()
  }

  up(): void { this.refusing = false }

  async close(): Promise<void> {
    this.cut()
    await new Promise((done) => this.server.close(done))
  }

  private join(client: Socket): void {
    if (this.refusing) {
      client.destroy()
      return
    }
    const server = connect(this.to, "127.0.0.1")
    for (const socket of [client, server]) {
      this.open.add(socket)
      socket.setNoDelay(true)
      socket.on("error", () => socket.destroy())
      socket.on("close", () => {
        this.open.delete(socket)
        client.destroy()
        server.destroy()
      })
    }
    client.on("data", (bytes) => server.write(bytes))
    server.on("data", (bytes) => {
      if (!this.swallowing) client.write(bytes)
      else this.swallowed?.()
    })
  }
}
