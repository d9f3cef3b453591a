// The window as a whole: what a person sees before any recording is open, and how a spec waits for it to be done.
import { fileURLToPath } from "node:url";
import { type Locator, type Page, expect } from "@playwright/test";
import { Attaching } from "./attaching.js";
import { CallsPane } from "./calls-pane.js";
import { ConsolePane } from "./console-pane.js";
import { CorrelationPane } from "./correlation-pane.js";
import { EventsPane } from "./events-pane.js";
import { LanesPane } from "./lanes-pane.js";
import { LogsPane } from "./logs-pane.js";
import { MetricsPane } from "./metrics-pane.js";
import { RequestsPane } from "./requests-pane.js";
import { NotesPane } from "./notes-pane.js";
import type { ShownWindow } from "./shown-window.js";
import { RulesPane } from "./rules-pane.js";
import { SourcePane } from "./source-pane.js";
import { StatePane } from "./state-pane.js";
import { TimeRuler } from "./time-ruler.js";

const ledgerFolder = fileURLToPath(new URL("../../examples/ledger", import.meta.url));

export class App implements ShownWindow {
  readonly welcome: Locator;
  readonly recordDemo: Locator;
  readonly samples: Locator;
  readonly topBar: Locator;
  /** "LIVE" or "SAVED", and how long the recording is. */
  readonly recordingState: Locator;
  readonly captureCost: Locator;
  readonly banner: Locator;
  readonly dialog: Locator;
  readonly failures: Locator;
  readonly time: TimeRuler;
  readonly state: StatePane;
  readonly logs: LogsPane;
  readonly lanes: LanesPane;
  readonly metrics: MetricsPane;
  readonly requests: RequestsPane;
  readonly events: EventsPane;
  readonly notes: NotesPane;
  readonly correlation: CorrelationPane;
  readonly rules: RulesPane;
  readonly calls: CallsPane;
  readonly source: SourcePane;
  readonly attaching: Attaching;
  readonly console: ConsolePane;

  constructor(readonly page: Page) {
    this.welcome = page.getByRole("main", { name: "Welcome" });
    this.recordDemo = page.getByRole("button", { name: "Record the demo" });
    this.samples = page.getByRole("button", { name: "Open the sample ledger-first" });
    this.topBar = page.getByRole("banner");
    this.recordingState = this.topBar.getByRole("status");
    this.captureCost = this.topBar.getByRole("group", { name: "What recording costs" });
    this.banner = page.locator(".workspace > .banner");
    this.dialog = page.getByRole("dialog");
    this.failures = page.locator(".toasts").getByRole("alert");
    this.time = new TimeRuler(this);
    this.state = new StatePane(this);
    this.logs = new LogsPane(this);
    this.lanes = new LanesPane(this);
    this.metrics = new MetricsPane(this);
    this.requests = new RequestsPane(this);
    this.events = new EventsPane(this);
    this.notes = new NotesPane(this);
    this.correlation = new CorrelationPane(this);
    this.rules = new RulesPane(this);
    this.calls = new CallsPane(this);
    this.source = new SourcePane(this);
    this.attaching = new Attaching(this);
    this.console = new ConsolePane(this);
  }

  async whenIdle(): Promise<void> {
    await this.page.waitForFunction(() => "hindcastIdle" in window);
    await this.page.evaluate(async () => {
      if ("hindcastIdle" in window && typeof window.hindcastIdle === "function") await window.hindcastIdle();
    });
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
    await this.whenIdle();
  }

  async openSample(): Promise<void> {
    await this.samples.first().click();
    await this.time.now.waitFor();
    await this.whenIdle();
  }

  /** The ledger in one process, which costs less than the demo and keeps an account of itself in one file. */
  async recordLedger(): Promise<void> {
    await this.page
      .getByRole("textbox", { name: "Command", exact: true })
      .fill(`"${process.execPath}" server.mjs --load 600`);
    await this.page.getByRole("textbox", { name: "Folder", exact: true }).fill(ledgerFolder);
    await this.page.getByRole("button", { name: "Run", exact: true }).click();
  }

  /** From the menu of the recording's name. */
  async stopRecording(): Promise<void> {
    await this.topBar.getByRole("button", { name: /^Recording / }).click();
    await this.page.getByRole("menuitem", { name: "Stop recording" }).click();
    await this.recordingState.getByText("SAVED").waitFor();
    await this.whenIdle();
  }

  async runCommand(words: string): Promise<void> {
    await this.page.keyboard.press("Control+k");
    await this.dialog.getByRole("combobox").fill(words);
    await this.page.keyboard.press("Enter");
    await this.whenIdle();
  }

  /** A recording that somebody has begun to make: its file may not be there yet. */
  async openLive(path: string): Promise<void> {
    await expect
      .poll(async () => {
        await this.openFile(path);
        return this.recordingState.textContent();
      })
      .toContain("LIVE");
  }

  /** What is filled in in a dialog is taken: it is gone, and keys are the window's again. */
  async confirm(): Promise<void> {
    await this.page.keyboard.press("Enter");
    await this.dialog.waitFor({ state: "detached" });
    await this.whenIdle();
  }

  async openFile(path: string): Promise<void> {
    await this.whenIdle();
    await this.page.keyboard.press("Control+o");
    await this.dialog.getByRole("textbox").fill(path);
    await this.page.keyboard.press("Enter");
    await this.whenIdle();
  }
}
