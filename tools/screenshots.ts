// Pictures of every pane and dialog, in both themes and at two sizes, for somebody to look at: `npm run screenshots [NAME…]` into
// .cache/screenshots; `--look=dark-1280` only those of one look. `--docs` takes those of the documentation instead, into docs/images.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type BrowserContext, type Page, chromium } from "@playwright/test";
import { buildIfStale } from "./build-if-stale.js";
import { findChromium } from "./find-chromium.js";
import { repositoryRoot } from "./run-step.js";
import { type Picture, type PictureHost, command, inDocs, pictures } from "./screenshot-pictures.js";
import { MadeRecordings } from "./screenshot-recordings.js";

interface Look {
  readonly theme: "dark" | "light";
  readonly width: number;
  readonly height: number;
}

const looks: readonly Look[] = [
  { theme: "dark", width: 1280, height: 800 },
  { theme: "light", width: 1280, height: 800 },
  { theme: "dark", width: 1920, height: 1080 },
  { theme: "light", width: 1920, height: 1080 },
];
const lookOfDocs: Look = { theme: "dark", width: 1280, height: 800 };

interface Server extends PictureHost {
  readonly url: string;
}

async function serve(folder: string): Promise<Server> {
  const file = join(repositoryRoot, "out/node/cli.js");
  const environment = { XDG_DATA_HOME: folder, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder };
  const server = spawn(process.execPath, [file, "serve", "--port", "0", "--no-open"], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const end = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, "exit");
    server.kill();
    await gone;
  };
  const holdEngine = (): (() => void) => {
    const { stdout } = spawnSync("pgrep", ["-f", "-P", String(server.pid), "engine-process"], { encoding: "utf8" });
    const engine = Number(stdout.trim());
    process.kill(engine, "SIGSTOP");
    return () => process.kill(engine, "SIGCONT");
  };
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /http:\/\/\S+/.exec(line)?.[0];
    if (url === undefined) continue;
    server.stdout.resume();
    return { url, end, holdEngine };
  }
  throw new Error("hindcast serve ended without printing its address");
}

/** Expressions, for these run in the page and nothing here knows of one. Waiting for one within the page is against its policy. */
const whenIdle = async (page: Page): Promise<void> => {
  while ((await page.evaluate("typeof window.hindcastIdle")) !== "function") await page.waitForTimeout(20);
  await page.evaluate("window.hindcastIdle()");
};

/** In a page of its own, where nothing is open that another opened. */
async function take(context: BrowserContext, host: Server, origin: string, shot: Shot): Promise<void> {
  const { look, into, recording } = shot;
  const { name, steps, isWelcome, last } = shot.picture;
  const page = await context.newPage();
  await page.setViewportSize({ width: look.width, height: look.height });
  await page.emulateMedia({ colorScheme: look.theme, reducedMotion: "reduce" });
  await page.goto(isWelcome === true ? origin : `${origin}/?open=${encodeURIComponent(recording)}`);
  if (isWelcome !== true) await page.getByTestId("playhead-time").waitFor();
  await whenIdle(page);
  for (const step of isWelcome === true ? steps : [command("Reset the layout"), ...steps]) {
    await step(page);
    await whenIdle(page);
  }
  const undo = await last?.(page, host);
  await page.screenshot({ path: join(into, `${name}.png`), animations: "disabled" });
  undo?.();
  console.log(join(into, `${name}.png`));
  await page.close();
}

interface Shot {
  readonly picture: Picture;
  readonly look: Look;
  readonly into: string;
  readonly recording: string;
}

async function main(args: readonly string[]): Promise<void> {
  buildIfStale();
  const isForDocs = args.includes("--docs");
  const only = args.find((arg) => arg.startsWith("--look="))?.slice("--look=".length);
  const names = args.filter((arg) => !arg.startsWith("--"));
  const wanted = pictures.filter(({ name }) =>
    names.length > 0 ? names.includes(name) : !isForDocs || inDocs.has(name),
  );
  const folder = mkdtempSync(join(tmpdir(), "hindcast-"));
  const made = new MadeRecordings(folder);
  const found = findChromium();
  const browser = await chromium.launch({
    ...(found?.kind === "other" ? { executablePath: found.path } : {}),
    args: ["--no-sandbox", "--disable-gpu"],
  });
  /** The token is good for one page; the others come with its cookie. */
  const visited = async (): Promise<{ context: BrowserContext; server: Server; origin: string }> => {
    const [server, context] = [await serve(folder), await browser.newContext()];
    const page = await context.newPage();
    await page.goto(server.url);
    await whenIdle(page);
    await page.close();
    return { server, context, origin: new URL(server.url).origin };
  };
  const usual = await visited();
  try {
    for (const look of isForDocs ? [lookOfDocs] : looks) {
      const called = `${look.theme}-${look.width}`;
      if (only !== undefined && called !== only) continue;
      const into = join(repositoryRoot, isForDocs ? "docs/images" : `.cache/screenshots/${called}`);
      mkdirSync(into, { recursive: true });
      for (const picture of wanted) {
        const { of = "slow-dependency", last } = picture;
        const recording = made.pathOf(of) ?? join(repositoryRoot, `recordings/ledger-${of}.hindcast`);
        const { context, server, origin } = last === undefined ? usual : await visited();
        await take(context, server, origin, { picture, look, into, recording });
        if (last !== undefined) await server.end();
      }
    }
  } finally {
    await browser.close();
    await usual.server.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main(process.argv.slice(2));
