import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { TestProject } from "vitest/node"
import { ensure } from "./chromium.mjs"
import { root, Stack, type Where } from "./stack"

declare module "vitest" {
  interface ProvidedContext {
    /** The stack that all stories share; each has people of its own. */
    stack: Where
    /** The path of the browser. */
    chromium: string
  }
}

/** Starts what all stories share. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync(join(root, "build/local/parley"))) throw new Error("the stack is not built: run `make local` first")
  for (const [name, folder] of [["partner", "./clients/partner"], ["seed", "./infra/local/seed"]] as const) {
    execFileSync("go", ["build", "-o", `build/local/${name}`, folder], { cwd: root, stdio: "inherit" })
  }
  project.provide("chromium", ensure())
  const stack = await Stack.start()
  project.provide("stack", stack.where)
  return () => stack.destroy()
}
