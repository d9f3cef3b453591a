// Which screenshots there are: what each is of, and what is done in the window before it is taken.
import type { Page } from "@playwright/test";

/** What a picture may do to the host besides, and undo afterwards. */
export interface PictureHost {
  /** The engine answers nothing until it goes on. */
  holdEngine(): () => void;
  /** Nobody answers any more. */
  end(): Promise<void>;
}

export interface Picture {
  readonly name: string;
  /** What is done in the window before it is taken; of a recording, unless it begins where nothing is open. */
  readonly steps: readonly ((page: Page) => Promise<void>)[];
  readonly isWelcome?: boolean;
  /** Of the samples or of those that are made, another than the usual one. */
  readonly of?: string;
  /** Comes last, and the window is not waited for; what it gives back is done afterwards. The host is one of its own. */
  readonly last?: (page: Page, host: PictureHost) => Promise<() => void>;
}

const press =
  (...keys: readonly string[]) =>
  async (page: Page): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
export const command =
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

const showTree = async (page: Page): Promise<void> => {
  await command("Show Calls")(page);
  await view("calls", "Tree")(page);
};
const standOnFailed = async (page: Page): Promise<void> => {
  await page.locator("[data-pane=calls] [role=treeitem]").filter({ hasText: "discountOf" }).first().dblclick();
};

/** What was written for a picture before is there still. */
const writeRule = async (page: Page): Promise<void> => {
  const begin = page.locator("[data-pane=rules]").getByRole("button", { name: "Write a rule", exact: true });
  if (await begin.isVisible()) await begin.click();
};

/** Everything is asked anew while nobody answers. */
const heldFor =
  (waitMs: number): NonNullable<Picture["last"]> =>
  async (page, host) => {
    const goOn = host.holdEngine();
    await press("Home", "Control+5")(page);
    await page.waitForTimeout(waitMs);
    return goOn;
  };

const settleMs = 400;
const middle = goTo("+12s");
const paneNames = ["lanes", "metrics", "logs", "state", "requests", "notes", "console", "correlation", "events"];

export const pictures: readonly Picture[] = [
  { name: "welcome", isWelcome: true, steps: [] },
  { name: "run-a-program", isWelcome: true, steps: [command("Run a program")] },
  { name: "attach", isWelcome: true, steps: [command("Attach")] },
  { name: "workspace", steps: [middle] },
  ...paneNames.map((name, at) => ({
    name,
    steps: [middle, press(`Control+${at + 1}`), command("Fill the window with this pane")],
  })),
  { name: "rules", steps: [middle, command("Show Rules"), writeRule] },
  { name: "calls", of: "shop", steps: [showTree, standOnFailed] },
  {
    name: "calls-at-the-playhead",
    of: "shop",
    steps: [showTree, standOnFailed, click("source", /^Go to start/), view("calls", "At the playhead")],
  },
  { name: "calls-of-nothing", steps: [press("Home"), command("Show Source"), command("Show Calls")] },
  { name: "source-files", of: "shop", steps: [command("Show Calls"), command("Show Source")] },
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
  { name: "evicted", of: "evicted", steps: [press("Home")] },
  { name: "gap", of: "killed", steps: [press("Home", "]")] },
  { name: "not-captured", of: "not-captured", steps: [goTo("+1s")] },
  ...paneNames.map((name, at) => ({
    name: `not-captured-${name}`,
    of: "not-captured",
    steps: [goTo("+1s"), press(`Control+${at + 1}`), command("Fill the window with this pane")],
  })),
  { name: "many", of: "many", steps: [goTo("+3s")] },
  ...["lanes", "logs", "state", "requests"].map((name) => ({
    name: `many-${name}`,
    of: "many",
    steps: [goTo("+3s"), press(`Control+${paneNames.indexOf(name) + 1}`), command("Fill the window with this pane")],
  })),
  {
    name: "many-services",
    of: "many",
    steps: [goTo("+3s"), press("Control+8"), command("Fill the window"), view("correlation", "Services")],
  },
  {
    name: "failed",
    steps: [
      middle,
      click("logs", /regular expression/),
      filter("logs", "("),
      async (page) => {
        await page.keyboard.press("Escape");
        await page.keyboard.press("Control+o");
        await page.getByRole("dialog").getByRole("textbox").fill("/no/such/file.hindcast");
        await page.keyboard.press("Enter");
        await page.getByRole("alert").first().waitFor();
      },
    ],
  },
  { name: "loading", steps: [middle], last: heldFor(1000) },
  { name: "loading-long", steps: [middle], last: heldFor(3500) },
  {
    name: "no-engine",
    steps: [middle],
    last: async (page, host) => {
      await host.end();
      await page.getByText("cannot be reached").waitFor();
      return () => undefined;
    },
  },
  { name: "palette", steps: [middle, press("Control+k")] },
  { name: "shortcuts", steps: [middle, press("?")] },
  { name: "export", steps: [middle, command("Export")] },
];
/** None of a machine: the list of programs that run tells where their files are. */
export const inDocs = new Set(["workspace", "balance", "balance-writer", "one-request", "leak", "services"]);
