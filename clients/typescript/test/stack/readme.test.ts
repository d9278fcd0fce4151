import { execFileSync } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Parley } from "../../src/index.js";
import { until } from "../person.js";
import { type Stack, startStack } from "../stack.js";

const folder = fileURLToPath(new URL("../..", import.meta.url));
const examples = join(folder, "test/.readme");

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  await rm(examples, { recursive: true, force: true });
  await mkdir(examples);
});

afterAll(async () => {
  await stack?.stop();
  await rm(examples, { recursive: true, force: true });
});

/** The examples of a language, as they are on the page but for the addresses. */
async function blocks(language: string): Promise<string[]> {
  const page = await readFile(join(folder, "README.md"), "utf8");
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "gm"))].map(([, code]) =>
    (code as string)
      .replaceAll("ws://127.0.0.1:8081/local", stack.url)
      .replaceAll("http://127.0.0.1:8080", stack.web)
      .replaceAll("/var/lib/bot", `${stack.data}/bot`),
  );
}

test("every example of the README has the right types and runs", async () => {
  const code = await blocks("ts");
  expect(code.length).toBeGreaterThan(7);
  const imports = code.flatMap((one) => one.match(/^import .*$/gm) ?? []);
  const rest = code.map((one) => one.replace(/^import .*\n/gm, ""));
  await writeFile(join(examples, "examples.ts"), [...imports, ...rest, "export { ann, bob, toBob };"].join("\n"));
  const [app] = await blocks("tsx");
  await writeFile(join(examples, "app.tsx"), app as string);
  execFileSync("npx", ["tsc", "-p", "tsconfig.readme.json"], { cwd: folder, stdio: "pipe" });

  const said: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...words) => void said.push(words.join(" ")));
  const { ann, bob, toBob } = (await import(join(examples, "examples.ts"))) as { ann: Parley; bob: Parley; toBob: { id: string } };
  log.mockRestore();
  expect(said[0]).toBe("pending");
  expect(said).toEqual(expect.arrayContaining(["sent", "chart of the bay", "The crew", "not_found false", "1"]));

  await until(ann.conversations, (all) => all.some(({ title }) => title === "The crew"));
  const { App } = await import(join(examples, "app.tsx"));
  const html = renderToString(createElement(App, { client: ann, id: toBob.id }));
  expect(html).toContain("Shall we sail on Saturday?");
  expect(html).toContain("At ten?");
  expect(html).toContain("The crew");
  expect(html).not.toContain("No connection");
  await Promise.all([ann.close(), bob.close()]);
  expect(renderToString(createElement(App, { client: ann, id: toBob.id }))).toContain("No connection");
}, 90_000);
