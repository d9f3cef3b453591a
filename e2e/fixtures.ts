// What every spec starts from: the app in one of its two hosts, on a fresh profile, with nothing recorded before.
// Specs know only `app`; which host it runs in is the Playwright project's `host` option.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { _electron, test as base, expect, type Page } from "@playwright/test";
import { readOracle, type OracleLine } from "./oracle.js";
import { App } from "./pages/app.js";

export { expect } from "@playwright/test";

export interface HostOptions {
  readonly host: "browser" | "electron";
  readonly electronPath: string | undefined;
  /** Complaints of the page that a spec provokes; any other fails it. */
  readonly expectedComplaints: RegExp | undefined;
}

/** A folder of its own and the environment that makes Hindcast keep everything it writes inside it. */
export interface Profile {
  readonly folder: string;
  readonly env: Record<string, string>;
  /** Where the demo notes, after each of its changes, what its ledger is: the judge of what the window shows. */
  readonly oracleFile: string;
}

interface RunningHost {
  readonly page: Page;
  /** The process that serves the page; undefined in the desktop app. */
  readonly pid: number | undefined;
}

interface Fixtures {
  readonly profile: Profile;
  readonly running: RunningHost;
  readonly app: App;
  /** Runs the command line on the same profile and returns what it printed. */
  readonly hindcast: (...args: string[]) => Promise<string>;
  readonly oracle: () => Promise<readonly OracleLine[]>;
  readonly complaints: string[];
}

const root = fileURLToPath(new URL("..", import.meta.url));
const commandLine = join(root, "out/node/cli.js");
const execute = promisify(execFile);

async function makeProfile(): Promise<Profile> {
  // Short, because the agent's socket lives below it and socket paths end at about 100 characters.
  const folder = await mkdtemp(join(tmpdir(), "hc-"));
  const inherited = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  const oracleFile = join(folder, "oracle.jsonl");
  const places = {
    XDG_CONFIG_HOME: join(folder, "config"),
    XDG_DATA_HOME: join(folder, "data"),
    XDG_STATE_HOME: join(folder, "state"),
    XDG_CACHE_HOME: join(folder, "cache"),
    XDG_RUNTIME_DIR: join(folder, "run"),
    APPDATA: join(folder, "config"),
    LOCALAPPDATA: join(folder, "data"),
    // Engines clean up after engines that were killed: those of other tests and of other versions stay out of it.
    TMPDIR: join(folder, "tmp"),
    TEMP: join(folder, "tmp"),
    TMP: join(folder, "tmp"),
  };
  for (const place of Object.values(places)) await mkdir(place, { recursive: true, mode: 0o700 });
  return { folder, oracleFile, env: { ...Object.fromEntries(inherited), ...places, LEDGER_ORACLE: oracleFile } };
}

interface RunningServer {
  readonly url: string;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/** Another one on a profile, beside the one that every spec has. */
export async function startServer(profile: Profile): Promise<RunningServer> {
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
    return { url, pid: server.pid, stop };
  }
  await stop();
  throw new Error(`hindcast serve ended without printing its address:\n${output.join("")}`);
}

/** Errors of the page, on its console and uncaught; a refused resource of the content security policy is one. */
function noteComplaints(page: Page, into: string[]): void {
  page.on("console", (message) => {
    if (message.type() === "error" || /content security policy/i.test(message.text())) into.push(message.text());
  });
  page.on("pageerror", (error) => into.push(String(error)));
}

export const test = base.extend<Fixtures & HostOptions>({
  host: ["browser", { option: true }],
  electronPath: [undefined, { option: true }],
  expectedComplaints: [undefined, { option: true }],

  // Playwright reads the fixtures a function needs from its pattern; an empty one says "none".
  profile: async ({}, use) => {
    const profile = await makeProfile();
    try {
      await use(profile);
    } finally {
      await rm(profile.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
  },

  complaints: async ({ expectedComplaints }, use) => {
    const complaints: string[] = [];
    await use(complaints);
    const unexpected = complaints.filter((text) => expectedComplaints?.test(text) !== true);
    expect(unexpected, "the page complained on its console").toEqual([]);
  },

  running: async ({ host, electronPath, profile, context, complaints }, use) => {
    if (host === "electron") {
      const electron = await _electron.launch({
        args: [root],
        cwd: profile.folder,
        env: profile.env,
        ...(electronPath === undefined ? {} : { executablePath: electronPath }),
      });
      try {
        const page = await electron.firstWindow();
        noteComplaints(page, complaints);
        await use({ page, pid: undefined });
      } finally {
        await electron.close();
      }
      return;
    }
    const server = await startServer(profile);
    try {
      const page = await context.newPage();
      noteComplaints(page, complaints);
      await page.goto(server.url);
      await use({ page, pid: server.pid });
      // Before its host goes, or it would complain that it cannot reach it.
      await page.close();
    } finally {
      await server.stop();
    }
  },

  app: async ({ running }, use) => {
    await use(new App(running.page));
  },

  hindcast: async ({ profile }, use) => {
    await use(async (...args) => {
      const { stdout } = await execute(process.execPath, [commandLine, ...args], {
        cwd: profile.folder,
        env: profile.env,
        maxBuffer: 64 * 1024 * 1024,
      });
      return stdout;
    });
  },

  oracle: async ({ profile }, use) => {
    await use(() => readOracle(profile.oracleFile));
  },
});
