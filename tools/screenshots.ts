// Pictures of every pane and dialog, in both themes and at two sizes, for somebody to look at: `npm run screenshots [NAME…]` into
// .cache/screenshots. `--docs` takes those of the documentation instead, into docs/images.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Page, chromium } from "@playwright/test";
import { buildIfStale } from "./build-if-stale.js";
import { findChromium } from "./find-chromium.js";
import { repositoryRoot } from "./run-step.js";

interface Look {
  readonly theme: "dark" | "light";
  readonly width: number;
  readonly height: number;
}
interface Picture {
  readonly name: string;
  /** What is done in the window before it is taken; of a recording, unless it begins where nothing is open. */
  readonly steps: readonly ((page: Page) => Promise<void>)[];
  readonly isWelcome?: boolean;
  /** Of the samples, another than the usual one. */
  readonly of?: string;
}

const recordingOf = (of: string): string => join(repositoryRoot, `recordings/ledger-${of}.hindcast`);
const looks: readonly Look[] = [
  { theme: "dark", width: 1280, height: 800 },
  { theme: "light", width: 1280, height: 800 },
  { theme: "dark", width: 1920, height: 1080 },
  { theme: "light", width: 1920, height: 1080 },
];
const lookOfDocs: Look = { theme: "dark", width: 1280, height: 800 };

const press =
  (...keys: readonly string[]) =>
  async (page: Page): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
const command =
  (words: string) =>
  async (page: Page): Promise<void> => {
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").getByRole("combobox").fill(words);
    await page.keyboard.press("Enter");
  };
const goTo =
  (words: string) =>
  async (page: Page): Promise<void> => {
    await page.keyboard.press("g");
    await page.getByRole("dialog").getByRole("textbox").fill(words);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  };
const pick =
  (pane: string, row: string) =>
  async (page: Page): Promise<void> => {
    await page
      .locator(`[data-pane=${pane}]`)
      .locator("[role=row], [role=option]")
      .filter({ hasText: row })
      .first()
      .click();
  };
const view =
  (pane: string, name: string) =>
  async (page: Page): Promise<void> => {
    await page.locator(`[data-pane=${pane}]`).getByRole("radio", { name }).check({ force: true });
  };

const filter =
  (pane: string, words: string) =>
  async (page: Page): Promise<void> => {
    await page.locator(`[data-pane=${pane}]`).getByRole("searchbox").fill(words);
    // What is typed counts once typing pauses.
    await page.waitForTimeout(settleMs);
  };
const click =
  (pane: string, button: RegExp) =>
  async (page: Page): Promise<void> => {
    await page.locator(`[data-pane=${pane}]`).getByRole("button", { name: button }).click();
  };

const settleMs = 400;
const middle = goTo("+12s");
const paneNames = ["lanes", "metrics", "logs", "state", "requests", "notes", "console", "correlation", "events"];

const pictures: readonly Picture[] = [
  { name: "welcome", isWelcome: true, steps: [] },
  { name: "start-a-program", isWelcome: true, steps: [command("Start a program")] },
  { name: "attach", isWelcome: true, steps: [command("Attach")] },
  { name: "workspace", steps: [middle] },
  ...paneNames.map((name, at) => ({
    name,
    steps: [middle, press(`Control+${at + 1}`), command("Fill the window with this pane")],
  })),
  {
    name: "requests-of-a-route",
    steps: [middle, press("Control+5"), command("Fill the window"), pick("requests", "/payouts")],
  },
  {
    name: "one-request",
    steps: [press("Control+5"), command("Fill the window"), pick("requests", "POST /payouts"), pick("requests", "504")],
  },
  {
    name: "services",
    steps: [middle, press("Control+8"), command("Fill the window"), view("correlation", "Services")],
  },
  {
    name: "changed",
    steps: [
      goTo("+10s"),
      press("i"),
      goTo("+16s"),
      press("o"),
      press("Control+8"),
      command("Fill the window"),
      view("correlation", "Changed"),
    ],
  },
  { name: "changed-of-nothing", steps: [press("Control+8"), view("correlation", "Changed")] },
  { name: "balance", of: "overdraft", steps: [filter("state", "balance < 0")] },
  { name: "balance-writer", of: "overdraft", steps: [filter("state", "balance < 0"), click("state", /^First time/)] },
  {
    name: "leak",
    of: "memory-leak",
    steps: [press("Control+8"), view("correlation", "Grows"), pick("correlation", "answers")],
  },
  { name: "nothing-matches", steps: [middle, filter("state", "no such thing"), filter("logs", "no such thing")] },
  { name: "palette", steps: [middle, press("Control+k")] },
  { name: "shortcuts", steps: [middle, press("?")] },
  { name: "export", steps: [middle, command("Export")] },
];
/** None of a machine: the list of programs that run tells where their files are. */
const inDocs = new Set(["workspace", "balance", "balance-writer", "one-request", "leak", "services"]);

async function serve(folder: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const file = join(repositoryRoot, "out/node/cli.js");
  const environment = { XDG_DATA_HOME: folder, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder };
  const server = spawn(process.execPath, [file, "serve", "--port", "0", "--no-open"], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = async (): Promise<void> => {
    const gone = once(server, "exit");
    server.kill();
    await gone;
  };
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /http:\/\/\S+/.exec(line)?.[0];
    if (url === undefined) continue;
    server.stdout.resume();
    return { url, stop };
  }
  throw new Error("hindcast serve ended without printing its address");
}

/** Expressions, for these run in the page and nothing here knows of one. Waiting for one within the page is against its policy. */
const whenIdle = async (page: Page): Promise<void> => {
  while ((await page.evaluate("typeof window.hindcastIdle")) !== "function") await page.waitForTimeout(20);
  await page.evaluate("window.hindcastIdle()");
};

/** Each from a page of its own, so that none hangs on what another did. */
async function take(
  page: Page,
  origin: string,
  { name, steps, isWelcome, of = "slow-dependency" }: Picture,
  folder: string,
): Promise<void> {
  await page.goto("about:blank");
  await page.goto(isWelcome === true ? origin : `${origin}/?open=${encodeURIComponent(recordingOf(of))}`);
  if (isWelcome !== true) await page.getByTestId("playhead-time").waitFor();
  await whenIdle(page);
  for (const step of isWelcome === true ? steps : [command("Reset the layout"), ...steps]) {
    await step(page);
    await whenIdle(page);
  }
  await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
  console.log(join(folder, `${name}.png`));
}

async function main(args: readonly string[]): Promise<void> {
  buildIfStale();
  const isForDocs = args.includes("--docs");
  const names = args.filter((arg) => !arg.startsWith("--"));
  const wanted = pictures.filter(({ name }) =>
    names.length > 0 ? names.includes(name) : !isForDocs || inDocs.has(name),
  );
  const folder = mkdtempSync(join(tmpdir(), "hindcast-"));
  const found = findChromium();
  const server = await serve(folder);
  const browser = await chromium.launch({
    ...(found?.kind === "other" ? { executablePath: found.path } : {}),
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    // The token is good for one page; the others come with its cookie.
    let address = server.url;
    const context = await browser.newContext();
    for (const look of isForDocs ? [lookOfDocs] : looks) {
      const page = await context.newPage();
      await page.setViewportSize({ width: look.width, height: look.height });
      await page.emulateMedia({ colorScheme: look.theme, reducedMotion: "reduce" });
      await page.goto(address);
      await whenIdle(page);
      address = new URL(address).origin;
      const into = isForDocs
        ? join(repositoryRoot, "docs/images")
        : join(repositoryRoot, ".cache/screenshots", `${look.theme}-${look.width}`);
      mkdirSync(into, { recursive: true });
      for (const picture of wanted) {
        await take(page, address, picture, into);
      }
      await page.close();
    }
  } finally {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main(process.argv.slice(2));
