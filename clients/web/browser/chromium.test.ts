import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { advice, ensure, find, type Machine } from "./chromium.mjs"

/** A machine on which these files can be run, and a command leaves those. */
function machine(files: string[], o: { env?: Record<string, string>; root?: boolean; leaves?: (command: string) => string[] } = {}) {
  const there = new Set(files)
  const ran: string[] = []
  const m: Machine = {
    env: { PATH: "/usr/local/bin:/usr/bin", HOME: "/home/ann", ...o.env },
    runnable: (path) => there.has(path),
    below: (folder) => [...there].filter((path) => path.startsWith(folder + "/")),
    run(command, args) {
      ran.push([command, ...args.filter((a) => !a.includes("/"))].join(" "))
      const left = o.leaves?.(command)
      left?.forEach((path) => there.add(path))
      return left !== undefined
    },
    root: o.root ?? false,
  }
  return { m, ran }
}

describe("the Chromium of the tests", () => {
  it("is the one that is named, and no other", () => {
    const { m } = machine(["/opt/chrome", "/usr/bin/chromium"], { env: { PARLEY_CHROMIUM: "/opt/chrome" } })
    expect(find(m)).toBe("/opt/chrome")
    const wrong = machine(["/usr/bin/chromium"], { env: { PARLEY_CHROMIUM: "/opt/chrome" } })
    expect(() => find(wrong.m)).toThrow("PARLEY_CHROMIUM names /opt/chrome, which is no program")
  })

  it("is that of the path, then of the applications, then of Playwright's cache", () => {
    const shell = "/home/ann/.cache/ms-playwright/chromium_headless_shell-1/chrome-linux/headless_shell"
    const mac = "/Applications/Chromium.app/Contents/MacOS/Chromium"
    const files = ["/usr/bin/google-chrome", mac, shell]
    for (const first of files) expect(find(machine(files.slice(files.indexOf(first))).m)).toBe(first)
    expect(find(machine([]).m)).toBeUndefined()
  })

  it("is downloaded where there is none, and installed by root where that fails", () => {
    const shell = "/home/ann/.cache/ms-playwright/chromium_headless_shell-1/chrome-linux/headless_shell"
    const loads = machine([], { leaves: (command) => (command === process.execPath ? [shell] : []) })
    expect(ensure(loads.m)).toBe(shell)
    expect(loads.ran).toEqual([`${process.execPath} install chromium-headless-shell`])
    const installs = machine([], { root: true, leaves: (command) => (command === "apt-get" ? ["/usr/bin/chromium"] : undefined)! })
    expect(ensure(installs.m)).toBe("/usr/bin/chromium")
    expect(installs.ran.slice(1)).toEqual(["apt-get update", "apt-get install -y --no-install-recommends chromium"])
  })

  it("is asked for in words where it cannot be had", () => {
    const { m, ran } = machine([])
    expect(() => ensure(m)).toThrow(advice)
    expect(ran).toHaveLength(1) // who is not root installs no packages
    expect(advice).toContain("apt-get install chromium")
    const command = fileURLToPath(new URL("chromium.mjs", import.meta.url))
    const told = spawnSync(process.execPath, [command], { env: { PARLEY_CHROMIUM: "/nowhere/chrome" }, encoding: "utf8" })
    expect(told).toMatchObject({ status: 1, stdout: "", stderr: "PARLEY_CHROMIUM names /nowhere/chrome, which is no program\n" })
  })
})
