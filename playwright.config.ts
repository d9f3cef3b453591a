// The same specs in two hosts: the page served by `hindcast serve` in Chromium, and the Electron window where a binary is.
import { defineConfig } from "@playwright/test";
import { findChromium } from "./tools/find-chromium.js";
import { electronBinary } from "./src/cli/electron-binary.js";
import type { HostOptions } from "./e2e/fixtures.js";

const found = findChromium();
const electronPath = electronBinary(import.meta.dirname, process.env);

export default defineConfig<HostOptions>({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  outputDir: "test-results",
  globalSetup: "./e2e/build-if-stale.ts",
  // Each test has a profile, a host and a page of its own: with --workers 2 any two run beside each other. Those tagged @live say
  // what has to happen within seconds of a program's run, and have the machine to themselves in npm test.
  workers: 1,
  fullyParallel: true,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: process.env["CI"] === "true",
  reporter: "list",
  use: {
    viewport: { width: 1280, height: 800 },
    // Half of what a test costs: asked for where one fails and nobody sees why.
    trace: process.env["HINDCAST_TEST_TRACE"] === "on" ? "retain-on-failure" : "off",
    screenshot: "only-on-failure",
    launchOptions: {
      ...(found?.kind === "other" ? { executablePath: found.path } : {}),
      // A distribution's Chromium wants these in a container; none of them changes what the page can do.
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "browser", use: { host: "browser" } },
    ...(electronPath === undefined ? [] : [{ name: "electron", use: { host: "electron" as const, electronPath } }]),
  ],
});
