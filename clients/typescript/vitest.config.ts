import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/*.test.ts"], sequence: { shuffle: true } } },
      // Against the local stack that `make local` has built, one file at a time.
      {
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
