// Prints what each entry weighs, minified and gzipped as a bundler and a server do it, and fails above the bounds.
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

// A KB is 1,024 bytes here as everywhere in Parley.
const bounds = { "index.ts": 25 * 1024, "react.ts": 2 * 1024 };

/** weigh returns the bytes of each entry, minified and gzipped, with everything that it needs but React. */
export async function weigh() {
  const weights = {};
  for (const [entry, bound] of Object.entries(bounds)) {
    const path = fileURLToPath(new URL(`../src/${entry}`, import.meta.url));
    const { outputFiles } = await build({
      entryPoints: [path], bundle: true, minify: true, write: false, format: "esm", platform: "neutral", target: "es2022", external: ["react"],
    });
    weights[entry] = { bytes: gzipSync(outputFiles[0].contents, { level: 9 }).length, bound };
  }
  return weights;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [entry, { bytes, bound }] of Object.entries(await weigh())) {
    console.log(`${entry}: ${bytes} bytes of ${bound}, minified and gzipped`);
    if (bytes > bound) process.exitCode = 1;
  }
}
