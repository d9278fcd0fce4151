// Bundles src/ into dist/: one file for "@parley-im/client" and one for its hooks. tsc writes the declarations beside them.
import { build } from "esbuild";

await build({
  entryPoints: ["src/index.ts", "src/react.ts"],
  outdir: "dist",
  bundle: true,
  format: "esm",
  platform: "neutral",
  target: "es2022",
  external: ["react"],
  sourcemap: true,
});
