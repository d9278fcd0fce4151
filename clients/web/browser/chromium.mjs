// Finds a Chromium for the browser tests, and gets one where there is none:
//
//	node browser/chromium.mjs
//
// prints its path. It takes PARLEY_CHROMIUM, else one of the PATH or of macOS's applications, else one that Playwright has
// downloaded before, else what playwright-core downloads, else, for root on Debian, the package of apt.
import { spawnSync } from "node:child_process"
import { accessSync, constants, readdirSync, statSync } from "node:fs"
import { createRequire } from "node:module"
import { homedir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { pathToFileURL } from "node:url"

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
const applications = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
]
const downloaded = ["headless_shell", "chrome-headless-shell", "chrome"]

/** What to do where nothing helps. */
export const advice = `There is no Chromium for the browser tests, and none could be installed.
Install one in one of these ways, then run the tests again:
  Debian, Ubuntu   sudo apt-get install chromium
  Fedora           sudo dnf install chromium
  macOS            brew install --cask chromium
  anywhere         npx playwright-core install --with-deps chromium-headless-shell
or name one that is there: PARLEY_CHROMIUM=/path/to/chrome`

/**
 * The machine: its environment, which files can be run, and how commands are.
 * @typedef {{ env: NodeJS.ProcessEnv, runnable(path: string): boolean, below(folder: string): string[], run(command: string, args: string[]): boolean, root: boolean }} Machine
 */

/** @type {Machine} */
export const here = {
  env: process.env,
  runnable(path) {
    try {
      accessSync(path, constants.X_OK)
      return statSync(path).isFile()
    } catch {
      return false
    }
  },
  below(folder) {
    try {
      return readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name))
    } catch {
      return []
    }
  },
  run(command, args) {
    const { status } = spawnSync(command, args, { stdio: ["ignore", 2, 2], timeout: 8 * 60_000 }) // the path alone goes to stdout
    return status === 0
  },
  root: process.getuid?.() === 0,
}

/**
 * The Chromium of the machine, if there is one. A PARLEY_CHROMIUM that cannot be run is an error: whoever names one means it.
 * @param {Machine} machine
 * @returns {string | undefined}
 */
export function find(machine = here) {
  const { env, runnable } = machine
  if (env.PARLEY_CHROMIUM) {
    if (runnable(env.PARLEY_CHROMIUM)) return env.PARLEY_CHROMIUM
    throw new Error(`PARLEY_CHROMIUM names ${env.PARLEY_CHROMIUM}, which is no program`)
  }
  const folders = (env.PATH ?? "").split(delimiter).filter(Boolean)
  const places = [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...applications]
  return places.find(runnable) ?? kept(machine)
}

/**
 * One that Playwright has downloaded.
 * @param {Machine} machine
 */
function kept({ env, runnable, below }) {
  const home = env.HOME ?? homedir()
  const caches = [env.PLAYWRIGHT_BROWSERS_PATH ?? [], join(home, ".cache", "ms-playwright"), join(home, "Library", "Caches", "ms-playwright")]
  const files = caches.flat().flatMap(below)
  return downloaded.map((name) => files.find((path) => path.endsWith(`/${name}`) && runnable(path))).find(Boolean)
}

/**
 * The Chromium of the machine, installed if there is none. The error says what a person can do.
 * @param {Machine} machine
 * @returns {string}
 */
export function ensure(machine = here) {
  const playwright = join(dirname(createRequire(import.meta.url).resolve("playwright-core/package.json")), "cli.js")
  const ways = [
    () => true,
    () => machine.run(process.execPath, [playwright, "install", "chromium-headless-shell"]),
    () => machine.root && machine.run("apt-get", ["update"]) && machine.run("apt-get", ["install", "-y", "--no-install-recommends", "chromium"]),
  ]
  for (const way of ways) {
    const path = way() && find(machine)
    if (path) return path
  }
  throw new Error(advice)
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    console.log(ensure())
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
