// A program started from the window: by a script that its folder offers, with its console, paused, at another level, stopped and
// started again; and what is said where it cannot be started.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./fixtures.js";

const program = `
  console.log("\\u001b[32mready\\u001b[0m for " + (process.env.WHO ?? "nobody") + ", and here is <b>no markup</b>");
  process.stdin.setEncoding("utf8").on("data", (text) => {
    for (const line of text.trim().split("\\n")) {
      console.log("heard " + line);
      console.error("\\u001b[1;31mnothing wrong with\\u001b[0m " + line);
    }
  });
  process.on("SIGINT", () => console.log("interrupted"));
  setInterval(() => 0, 1000);
`;

function writeProgram(folder: string): string {
  const shop = join(folder, "shop");
  mkdirSync(shop);
  writeFileSync(join(shop, "server.cjs"), program);
  const scripts = { dev: "node server.cjs", test: "node --test" };
  writeFileSync(join(shop, "package.json"), JSON.stringify({ name: "shop", scripts }));
  return shop;
}

async function seriousIn(page: Page, where: string): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).include(where).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("; ")}`);
}

/** Longer than programs take between two samples. */
async function recordsAfter(page: Page, records: Locator): Promise<string | null> {
  await page.waitForTimeout(2000);
  return records.textContent();
}

test("a script of a folder is started, spoken to, paused, and started again", async ({ app, profile }) => {
  test.setTimeout(120_000);
  const { console: terminal, page } = app;
  await app.whenIdle();
  await terminal.useScript(writeProgram(profile.folder), "dev");
  await expect(terminal.command).toHaveValue("npm run dev");
  await page.getByText("Environment, files, name").click();
  await page.getByRole("textbox", { name: "Environment" }).fill("WHO=you");
  expect(await seriousIn(page, "main")).toEqual([]);
  await terminal.run();

  await expect(terminal.printed).toContainText("ready for you, and here is <b>no markup</b>");
  await terminal.type("one");
  await expect(terminal.printed).toContainText("heard one");
  await expect(terminal.printed).toContainText("nothing wrong with one");
  await terminal.interrupt.click();
  await expect(terminal.printed).toContainText("interrupted");

  await test.step("a page that is loaded anew has all of it again", async () => {
    await page.reload();
    await app.whenIdle();
    await page.getByRole("tab", { name: "Console" }).click();
    await expect(terminal.printed).toContainText("ready for you");
    await expect(terminal.printed).toContainText("interrupted");
  });
  await test.step("nothing in it is hard to read, in either theme", async () => {
    expect(await seriousIn(page, '[data-pane="console"]')).toEqual([]);
    await app.runCommand("Use the light theme");
    expect(await seriousIn(page, '[data-pane="console"]')).toEqual([]);
  });

  await test.step("paused, it goes on, and what it did is a gap", async () => {
    await app.runCommand("Pause recording");
    const strip = page.getByRole("region", { name: "Recording is paused" });
    await expect(strip).toContainText("The program goes on");
    await expect(app.recordingState).toContainText("PAUSED");
    await terminal.type("two");
    await expect(terminal.printed).toContainText("heard two");
    const gap = page.getByRole("button", { name: /Recording was paused here: [\d\s]+ records? (?:was|were) not kept/ });
    // The program is told within a second or so, and counts at least its samples of each second from then on.
    await expect(async () => {
      if (await strip.isHidden()) await app.runCommand("Pause recording");
      const records = app.topBar.getByText(/records/);
      const [before, after] = [await records.textContent(), await recordsAfter(page, records)];
      expect(after).toBe(before);
      await strip.getByRole("button", { name: "Resume" }).click();
      await expect(strip).toBeHidden();
      await expect(gap.first()).toBeVisible({ timeout: 5000 });
    }).toPass({ timeout: 60_000 });
  });

  await test.step("at another level", async () => {
    await app.runCommand("Record metrics and state only");
    await page
      .getByRole("banner")
      .getByRole("button", { name: /^Recording / })
      .click();
    await expect(page.getByRole("menuitem", { name: "Record metrics and state only" })).toContainText(/./);
    await page.keyboard.press("Escape");
  });

  await test.step("stopped, and started again into a new recording", async () => {
    await terminal.stop.click();
    await expect(terminal.pane).toContainText(/Ended (by SIGTERM|with \d+)/);
    await expect(app.recordingState).toContainText("SAVED");
    const before = page.url();
    await terminal.restart.click();
    await expect(app.recordingState).toContainText("LIVE");
    await expect(terminal.printed).toContainText("ready for you");
    await expect.poll(() => page.url()).not.toBe(before);
    await app.stopRecording();
  });

  await test.step("the console is not in front of a recording that has none", async () => {
    await expect(page.getByRole("tab", { name: "Console", selected: true })).toBeVisible();
    await app.runCommand("Back to the welcome page");
    await app.openSample();
    await expect(page.getByRole("tab", { name: "Logs", selected: true })).toBeVisible();
  });
});

test("a level that is changed counts from then on, and whoever closes the page while it records is asked", async ({
  app,
  profile,
  host,
}) => {
  test.setTimeout(120_000);
  const { console: terminal, page } = app;
  await app.whenIdle();
  await terminal.useScript(writeProgram(profile.folder), "dev");
  await page.getByRole("radio", { name: "Metrics" }).check({ force: true });
  await terminal.run();
  await expect(terminal.printed).toContainText("ready for");
  await page.getByRole("tab", { name: "Logs" }).click();
  await expect(app.logs.region).toContainText('At level "metrics" what the program prints is not captured');

  let typed = 0;
  /** What the program prints of a line typed after all before: whether Logs shows it, too. */
  const isLogged = async (): Promise<boolean> => {
    const line = `heard ${++typed}`;
    await page.getByRole("tab", { name: "Console" }).click();
    await terminal.type(String(typed));
    await expect(terminal.printed).toContainText(line);
    await page.getByRole("tab", { name: "Logs" }).click();
    // Longer than what is printed takes to be recorded and shown.
    await page.waitForTimeout(1500);
    return (await app.logs.lines.filter({ hasText: line }).count()) > 0;
  };
  await test.step("from metrics to requests, by the palette", async () => {
    await app.runCommand("Record requests, logs and errors, too");
    await expect(app.logs.region).not.toContainText('At level "metrics"');
    await expect(async () => expect(await isLogged()).toBe(true)).toPass({ timeout: 40_000 });
  });
  await test.step("and back, by the recording's menu", async () => {
    await page
      .getByRole("banner")
      .getByRole("button", { name: /^Recording / })
      .click();
    await page.getByRole("menuitem", { name: "Record metrics and state only" }).click();
    await expect(async () => expect(await isLogged()).toBe(false)).toPass({ timeout: 40_000 });
  });

  // The desktop app asks by a dialog of its own, which its tests of closing are of.
  if (host === "electron") return;
  await test.step("who stays is told that it goes on, and it does", async () => {
    const asked = page.waitForEvent("dialog");
    await page.close({ runBeforeUnload: true });
    const dialog = await asked;
    expect(dialog.type()).toBe("beforeunload");
    await dialog.dismiss();
    await expect(page.getByText("Recording goes on while no page shows it")).toBeVisible();
    await page.getByRole("tab", { name: "Console" }).click();
    await terminal.type("still there");
    await expect(terminal.printed).toContainText("heard still there");
    await expect(app.recordingState).toContainText("LIVE");
    await app.stopRecording();
  });
});

test("a place in the code opens in the editor that was chosen, or says why not", async ({ app }) => {
  const { page } = app;
  await app.whenIdle();
  await app.openSample();
  await app.runCommand("Open code in a JetBrains editor");
  await page
    .getByRole("button", { name: /^Open .+:\d+ in the editor$/ })
    .first()
    .click();
  // The sample was recorded on another machine.
  await expect(app.failures.filter({ hasText: /There is no file .*on this machine/ })).toBeVisible();
});

test("what cannot be started says why beside what was typed, and is saved without its secrets", async ({
  app,
  profile,
}) => {
  const { console: terminal, page } = app;
  await app.whenIdle();
  await terminal.folder.fill(join(profile.folder, "nowhere"));
  await expect(page.getByRole("alert").filter({ hasText: "There is no folder" })).toBeVisible();
  await terminal.folder.fill(profile.folder);
  await terminal.command.fill("no-such-command --now");
  await terminal.run();
  await expect(page.getByRole("alert").filter({ hasText: "no-such-command could not be started" })).toBeVisible();
  await expect(terminal.command).toHaveValue("no-such-command --now");

  await page.getByText("Environment, files, name").click();
  await page.getByRole("textbox", { name: "Environment" }).fill("PORT=3000\nDB_PASSWORD=hunter22hunter");
  await page.getByRole("textbox", { name: "Name, to save it under" }).fill("Shop");
  const saved = page.getByRole("button", { name: "Saved configurations" });
  await saved.click();
  await page.getByRole("menuitem", { name: "Save as it is" }).click();
  await expect(page.getByText("Shop", { exact: true })).toBeVisible();
  await page.reload();
  await app.whenIdle();
  await saved.click();
  await page.getByRole("menuitem", { name: "Shop" }).click();
  await page.getByText("Environment, files, name").click();
  await expect(page.getByRole("textbox", { name: "Environment" })).toHaveValue("PORT=3000\nDB_PASSWORD");
  await terminal.run();
  await expect(page.getByRole("alert").filter({ hasText: "DB_PASSWORD has no value" })).toBeVisible();
  await saved.click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await saved.click();
  await expect(page.getByRole("menuitem", { name: "Shop" })).toBeHidden();
});
