// Unit tests sit beside the code, need nothing built, and share one thread: each file leaves nothing behind. Integration
// tests open sockets and DuckDB files or compute for seconds (beside the code), or start real processes from out/
// (test/integration), which their global setup builds when it is older than the sources. Torture tests do the same at
// counts that take minutes; installed ones with packages that they install for it.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte({ configFile: false })],
  cacheDir: ".cache/vite",
  test: {
    projects: [
      {
        extends: true,
        resolve: { conditions: ["node", "svelte", "import"] },
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "tools/**/*.test.ts", "examples/**/*.test.ts", "bench/**/*.test.ts"],
          // bench/ has packages of its own.
          exclude: ["**/*.integration.test.ts", "**/node_modules/**"],
          pool: "threads",
          isolate: false,
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: "integration-beside",
          include: ["src/**/*.integration.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 4,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          globalSetup: ["test/integration/build-if-stale.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // They wait for processes a good part of their time.
          maxWorkers: 4,
        },
      },
      {
        extends: true,
        test: {
          name: "installed",
          include: ["test/installed/**/*.test.ts"],
          globalSetup: ["test/integration/build-if-stale.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: 1,
        },
      },
      {
        extends: true,
        test: {
          name: "torture",
          include: ["test/torture/**/*.torture.ts"],
          globalSetup: ["test/integration/build-if-stale.ts"],
          testTimeout: 600_000,
          maxWorkers: 1,
        },
      },
    ],
  },
});
