import { defineConfig } from "vitest/config"

// Stories that a real Chromium tells with a real stack. They share both, and two cores: one file after the other.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    environment: "node",
    include: ["**/*.test.ts"],
    globalSetup: "setup.ts",
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
