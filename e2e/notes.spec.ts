// What a person writes about a recording: bookmarks and notes, on the ruler and in their pane, and what is in the file then.
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./fixtures.js";
import { themes } from "./themes.js";
import type { App } from "./pages/app.js";

const sample = fileURLToPath(new URL("../recordings/ledger-first.hindcast", import.meta.url));

async function expectAccessible(app: App): Promise<void> {
  const { violations } = await new AxeBuilder({ page: app.page }).include("[data-pane=notes]").analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("; ")}`)).toEqual([]);
}

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

test("notes are written, found, changed, removed and brought back, and are in the file", async ({
  app,
  profile,
  hindcast,
}) => {
  const path = join(profile.folder, "noted.hindcast");
  await copyFile(sample, path);
  await app.openFile(path);
  await app.time.now.waitFor();
  const { page, notes } = app;

  await test.step("b bookmarks where the playhead is, and n writes about it", async () => {
    await app.time.goTo("+4s");
    await app.press("b");
    await expect(page.getByText("Bookmarked.")).toBeVisible();
    await app.time.goTo("+8s");
    await notes.write("the first timeout", "Cause");
    await expect(notes.rows).toHaveCount(2);
    await expect(notes.row("the first timeout").getByRole("img", { name: "Cause" })).toBeVisible();
    await expect(notes.row("Bookmark")).toHaveCount(1);
  });

  await test.step("of a selected stretch", async () => {
    await app.time.goTo("+10s");
    await app.press("i");
    await app.time.goTo("+12s");
    await app.press("o");
    await notes.write("captures pile up");
    await expect(notes.row("captures pile up")).toContainText("2 s");
    await app.press("Escape");
  });

  await test.step("[ and ] visit them, and the ruler names them", async () => {
    await app.time.goTo("+6s");
    await app.press("]");
    await expect(page.getByText("+8.000 from start")).toBeVisible();
    await expect(page.getByRole("button", { name: /Cause: the first timeout/ })).toHaveCount(1);
    await expect(page.getByRole("button", { name: /^captures pile up/ })).toHaveCount(1);
  });

  await test.step("a click goes there and selects the stretch", async () => {
    await notes.row("captures pile up").click();
    await expect(page.getByText("+10.000 from start")).toBeVisible();
    await expect(page.locator(".selected .length")).toHaveText(/^2(\.0+)? s$/);
    await app.press("Escape", "Escape");
  });

  await test.step("changed in its row", async () => {
    await notes.row("the first timeout").click();
    await page.keyboard.press("e");
    const field = notes.region.getByRole("textbox", { name: "Words of this note" });
    await field.fill("the first timeout of many");
    await field.press("Enter");
    await expect(notes.row("the first timeout of many")).toHaveCount(1);
  });

  await test.step("removed and brought back", async () => {
    await notes.row("captures pile up").click();
    await page.keyboard.press("Delete");
    await expect(notes.row("captures pile up")).toHaveCount(0);
    await page.getByRole("button", { name: "Undo" }).last().click();
    await expect(notes.row("captures pile up")).toHaveCount(1);
  });

  await test.step("found, and copied as Markdown", async () => {
    await notes.region.getByRole("searchbox").fill("MANY");
    await expect(notes.rows).toHaveCount(1);
    await notes.region.getByRole("button", { name: "Copy notes as Markdown" }).click();
    await expect(page.getByText("Notes copied as Markdown.")).toBeVisible();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain("# Notes on noted\n");
    expect(copied).toMatch(/- \[\+8\.000000s\]\(hindcast:\/\/open\?file=.*\) \*\*Cause:\*\* the first timeout of many/);
    await notes.region.getByRole("searchbox").fill("");
    await expect(notes.rows).toHaveCount(3);
  });

  await test.step("they are there after a reload, and on the command line", async () => {
    await app.press("Control+k");
    await app.press("Escape");
    await page.reload();
    await app.whenIdle();
    await app.runCommand("Focus Notes");
    await expect(notes.rows).toHaveCount(3);
    const printed = (await hindcast("notes", path)).trimEnd().split("\n");
    expect(printed.map((line) => line.split("  ").at(-1))).toEqual([
      "(bookmark)",
      "the first timeout of many",
      "captures pile up",
    ]);
  });
});

for (const colorScheme of themes)
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });
    test("axe finds nothing serious, empty and full; notes of a sample are kept apart from it", async ({ app }) => {
      await app.openSample();
      await app.runCommand("Focus Notes");
      await expect(app.notes.region.getByText("No notes yet")).toBeVisible();
      await expectAccessible(app);
      await app.notes.write("seen", "Suspect");
      await app.notes.write("is this one?", "Question");
      await expect(app.notes.region.getByText("it came with Hindcast")).toBeVisible();
      await expectAccessible(app);
    });
  });
