import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const src = fileURLToPath(new URL("src", import.meta.url));

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/*.test.ts"], sequence: { shuffle: true } } },
      // Against the local stack that `make local` has built, one file at a time.
      {
        // The examples of the README import the package by its name.
        resolve: { alias: [{ find: /^@parley-im\/client$/, replacement: `${src}/index.ts` }, { find: "@parley-im/client/react", replacement: `${src}/react.ts` }] },
        test: {
          name: "stack",
          include: ["test/stack/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { shuffle: true },
        },
      },
    ],
  },
});
