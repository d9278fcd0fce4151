import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

test("each entry weighs less than its bound", async () => {
  const { weigh } = await import("../scripts/size.mjs");
  for (const [entry, { bytes, bound }] of Object.entries(await weigh())) expect(bytes, entry).toBeLessThanOrEqual(bound);
});

test("the package holds what was built, its page and its licence, and nothing else", () => {
  execFileSync("npm", ["run", "build"], { cwd: folder, stdio: "ignore" });
  const output = execFileSync("npm", ["pack", "--dry-run", "--json"], { cwd: folder, stdio: ["ignore", "pipe", "ignore"] }).toString();
  const [{ files }] = JSON.parse(output) as [{ files: Array<{ path: string }> }];
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(["LICENSE", "README.md", "package.json", "dist/index.js", "dist/index.d.ts", "dist/react.js", "dist/react.d.ts"]));
  expect(paths.filter((path) => !/^(LICENSE|README\.md|package\.json|dist\/\w+\.(js|js\.map|d\.ts))$/.test(path))).toEqual([]);
}, 60_000);

test("the built package loads in Node, and nothing of it touches the platform before it is used", () => {
  const code = `import { Parley, MemoryStore, ParleyError } from "@parley-im/client";
    const parley = new Parley({ url: "ws://127.0.0.1:1/local", user: "ann", token: async () => "t", socket: class { close() {} } });
    await parley.ready;
    console.log(parley.connection.get().state, typeof MemoryStore, new ParleyError("offline").temporary);`;
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", code], { cwd: folder }).toString();
  expect(said.trim()).toBe("idle function true");
});
