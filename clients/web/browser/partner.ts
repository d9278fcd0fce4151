import { spawn, type ChildProcessByStdio } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { createInterface } from "node:readline"
import type { Readable, Writable } from "node:stream"
import { root, type Where } from "./stack"

/** What the partner was told: an entry of a conversation, or an event of the moment. */
export interface Heard {
  event: string; conversation?: string; seq?: number; from?: string; user?: string; kind?: string; read?: number; delivered?: number
  body?: { text?: string; target?: number; reactions?: string[]; attachments?: { name: string; type: string; size: number; media: string }[]; reply?: number }
}

/** What the partner is to do; clients/partner says what there is. */
export interface Command {
  do: string; user?: string; conversation?: string; seq?: number; text?: string; file?: string; type?: string; name?: string; users?: string[]
}

/** Where it is in the log, and what it made: the code of a link. */
interface Done { conversation: string; seq: number; text?: string }

/** A person who uses the Go client. */
export class Partner {
  readonly heard: Heard[] = []
  private readonly waiting = new Map<number, (answer: Done & { error?: string; code?: string }) => void>()
  private readonly looking = new Set<() => void>()
  private ref = 0

  private constructor(readonly user: string, private readonly process: ChildProcessByStdio<Writable, Readable, null>) {
    createInterface(process.stdout).on("line", (line) => this.take(JSON.parse(line)))
  }

  /** A partner who has caught up with all that there is. */
  static async join(where: Where, user: string): Promise<Partner> {
    const child = spawn(join(root, "build/local/partner"), ["-url", where.gateway, "-tokens", `${where.web}/dev/token`, "-user", user], {
      stdio: ["pipe", "pipe", "inherit"],
    })
    const partner = new Partner(user, child)
    await partner.hears((h) => h.event === "caught up")
    return partner
  }

  /** Does something, and returns where it is in the log. */
  async act(command: Command): Promise<Done> {
    const ref = ++this.ref
    const answered = new Promise<Done & { error?: string; code?: string }>((done) => this.waiting.set(ref, done))
    this.process.stdin.write(JSON.stringify({ ref, ...command }) + "\n")
    const answer = await answered
    if (answer.error) throw new Error(`${command.do} of ${this.user}: ${answer.error}`)
    return answer
  }

  /** The first of what was heard, or will be, that fits. */
  async hears(fits: (h: Heard) => boolean, within = 10_000): Promise<Heard> {
    return new Promise((done, failed) => {
      const look = () => {
        const found = this.heard.find(fits)
        if (!found) return
        clearTimeout(timer)
        this.looking.delete(look)
        done(found)
      }
      const timer = setTimeout(() => {
        this.looking.delete(look)
        failed(new Error(`${this.user} did not hear ${fits}; last: ${this.heard.slice(-5).map((h) => JSON.stringify(h)).join("\n")}`))
      }, within)
      this.looking.add(look)
      look()
    })
  }

  async leave(): Promise<void> {
    if (this.process.exitCode !== null) return
    const ended = once(this.process, "exit")
    this.process.stdin.end()
    await ended
  }

  private take(line: Heard & { ref?: number } & Done): void {
    if (line.ref !== undefined && !line.event) {
      this.waiting.get(line.ref)?.(line)
      this.waiting.delete(line.ref)
      return
    }
    this.heard.push(line)
    for (const look of [...this.looking]) look()
  }
}
