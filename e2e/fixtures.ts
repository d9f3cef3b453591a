// What every spec starts from: the app in one of its two hosts, on a fresh profile, with nothing recorded before.
// Specs know only `app`; which host it runs in is the Playwright project's `host` option.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { _electron, test as base, type Page } from "@playwright/test";
import { App } from "./pages/app.js";

export { expect } from "@playwright/test";

export interface HostOptions {
  readonly host: "browser" | "electron";
  readonly electronPath: string | undefined;
}

/** A folder of its own and the environment that makes Hindcast keep everything it writes inside it. */
export interface Profile {
  readonly folder: string;
  readonly env: Record<string, string>;
}

interface Fixtures {
  readonly profile: Profile;
  readonly hostPage: Page;
  readonly app: App;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const commandLine = join(root, "out/node/cli.js");

async function makeProfile(): Promise<Profile> {
  // Short, because the agent's socket lives below it and socket paths end at about 100 characters.
  const folder = await mkdtemp(join(tmpdir(), "hc-"));
  const inherited = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  const places = {
    XDG_CONFIG_HOME: join(folder, "config"),
    XDG_DATA_HOME: join(folder, "data"),
    XDG_STATE_HOME: join(folder, "state"),
    XDG_CACHE_HOME: join(folder, "cache"),
    XDG_RUNTIME_DIR: join(folder, "run"),
    APPDATA: join(folder, "config"),
    LOCALAPPDATA: join(folder, "data"),
  };
  for (const place of Object.values(places)) await mkdir(place, { recursive: true, mode: 0o700 });
  return { folder, env: { ...Object.fromEntries(inherited), ...places } };
}

interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

async function startServer(profile: Profile): Promise<RunningServer> {
  const server = spawn(process.execPath, [commandLine, "serve", "--port", "0", "--no-open"], {
    cwd: profile.folder,
    env: profile.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  server.stderr.on("data", (chunk: Buffer) => output.push(chunk.toString("utf8")));
  const stop = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill();
    await once(server, "exit");
  };
  for await (const line of createInterface({ input: server.stdout })) {
    output.push(`${line}\n`);
    const url = /http:\/\/\S+/.exec(line)?.[0];
    if (url === undefined) continue;
    server.stdout.resume();
    return { url, stop };
  }
  await stop();
  throw new Error(`hindcast serve ended without printing its address:\n${output.join("")}`);
}

export const test = base.extend<Fixtures & HostOptions>({
  host: ["browser", { option: true }],
  electronPath: [undefined, { option: true }],

  // Playwright reads the fixtures a function needs from its pattern; an empty one says "none".
  profile: async ({}, use) => {
    const profile = await makeProfile();
    try {
      await use(profile);
    } finally {
      await rm(profile.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
  },

  hostPage: async ({ host, electronPath, profile, context }, use) => {
    if (host === "electron") {
      const electron = await _electron.launch({
        args: [root],
        cwd: profile.folder,
        env: profile.env,
        ...(electronPath === undefined ? {} : { executablePath: electronPath }),
      });
      try {
        await use(await electron.firstWindow());
      } finally {
        await electron.close();
      }
      return;
    }
    const server = await startServer(profile);
    try {
      const page = await context.newPage();
      await page.goto(server.url);
      await use(page);
    } finally {
      await server.stop();
    }
  },

  app: async ({ hostPage }, use) => {
    await use(new App(hostPage));
  },
});
