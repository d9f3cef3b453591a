// The panes share the window as the person wants it: by pointer, by keys, under names, and after a reload.
import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./fixtures.js";
import { Dock } from "./pages/dock.js";

test("tabs are dragged between groups and to their sides, and a reload keeps it all", async ({ app }) => {
  const { page } = app;
  const dock = new Dock(app);
  await app.openSample();
  const before = await dock.text();

  await dock.drag("State", "logs", [0.5, 0.6]);
  await expect.poll(() => dock.text()).toContain("State*");
  await expect(dock.pane("logs")).toBeHidden();
  await expect(app.state.tree, "the pane is the same one, at another place").toBeVisible();
  const one = await dock.pane("state").boundingBox();
  expect(one?.width, "nobody is at the right any more").toBe(page.viewportSize()?.width);

  await dock.drag("Metrics", "state", [0.95, 0.6]);
  const [state, metrics] = [await dock.pane("state").boundingBox(), await dock.pane("metrics").boundingBox()];
  expect(metrics?.y).toBe(state?.y);
  expect(metrics?.x ?? 0).toBeCloseTo((state?.x ?? 0) + (state?.width ?? 0) + 1, 0);

  await dock.tab("Logs").click();
  await dock.drag("Logs", "lanes", [0.5, 0.05]);
  const changed = await dock.text();
  expect(changed).not.toBe(before);
  await page.reload();
  await app.time.now.waitFor();
  await app.whenIdle();
  expect(await dock.text()).toBe(changed);

  for (const theme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.filter(({ impact }) => impact === "serious" || impact === "critical")).toEqual([]);
  }

  await app.runCommand("Reset the layout");
  expect(await dock.text()).toBe(before);
});

test("everything a pointer does with panes, keys do", async ({ app }) => {
  const { page } = app;
  const dock = new Dock(app);
  await app.openSample();

  await app.press("Control+4", "Control+Alt+ArrowLeft");
  await expect(page.locator("[data-pane=state]:focus-within, [data-pane=state]:focus")).toHaveCount(1);
  expect(await dock.text()).toMatch(/State\*/);
  expect((await dock.pane("state").boundingBox())?.x, "State went to the left").toBe(0);
  await app.press("Control+Alt+ArrowRight");
  expect(await dock.text(), "and out of that group to its right").toMatch(/^Lanes[^|]*\| State\* \| Metrics\*/);

  await app.press("Control+1", "m");
  await expect(dock.pane("metrics")).toBeHidden();
  await expect(dock.pane("lanes")).toBeVisible();
  await app.press("Control+2");
  await expect(dock.pane("metrics"), "what is asked for is seen").toBeVisible();

  await dock.tab("Metrics").focus();
  await app.press("Delete");
  await expect(dock.pane("metrics")).toHaveCount(0);
  await app.press("Control+2");
  await expect(dock.pane("metrics")).toBeVisible();
  await expect(page.locator("[data-pane=metrics]:focus-within, [data-pane=metrics]:focus")).toHaveCount(1);
  await dock.choose("State", "Close State");
  await expect(dock.tab("State")).toHaveCount(0);
  await app.runCommand("Show State");
  await expect(app.state.tree).toBeVisible();
});

test("layouts have names: saved, used, renamed, deleted and brought back", async ({ app }) => {
  const { page } = app;
  const dock = new Dock(app);
  await app.openSample();
  const first = await dock.text();
  await dock.tab("Logs").focus();
  await app.press("Delete");
  const withoutLogs = await dock.text();

  await dock.layoutMenu.click();
  await page.getByRole("menuitem", { name: "Save or change layouts" }).click();
  await page.getByRole("textbox", { name: "Save the layout in use as" }).fill("No logs");
  await page.keyboard.press("Enter");
  await expect(app.dialog).toHaveCount(0);

  await app.runCommand("Reset the layout");
  expect(await dock.text()).toBe(first);
  await app.runCommand("Use the layout No logs");
  expect(await dock.text()).toBe(withoutLogs);

  await app.runCommand("Save or change layouts");
  await app.dialog.getByRole("button", { name: "Rename No logs" }).click();
  await app.dialog.getByRole("textbox", { name: "New name of No logs" }).fill("Quiet");
  await page.keyboard.press("Enter");
  await app.dialog.getByRole("button", { name: "Delete Quiet" }).click();
  await expect(app.dialog.getByRole("button", { name: "Use Quiet" })).toHaveCount(0);
  await app.dialog.getByRole("button", { name: "Undo" }).click();
  await expect(app.dialog.getByRole("button", { name: "Use Quiet" })).toBeVisible();
  await page.keyboard.press("Escape");

  await page.reload();
  await app.time.now.waitFor();
  await app.runCommand("Reset the layout");
  await dock.layoutMenu.click();
  await page.getByRole("menuitem", { name: "Quiet" }).click();
  expect(await dock.text()).toBe(withoutLogs);
});

test("several recordings are open at once, each where it was left", async ({ app }) => {
  await app.openSample();
  await app.press("Home");
  const there = await app.time.now.textContent();
  await app.openFile(fileURLToPath(new URL("../recordings/ledger-memory-leak.hindcast", import.meta.url)));
  const recording = app.topBar.getByRole("button", { name: "Recording ledger-memory-leak, and 1 more open" });
  await expect(recording).toBeVisible();
  await expect(app.time.now).not.toHaveText(there ?? "");

  await recording.click();
  await app.page.getByRole("menuitem", { name: "ledger-first" }).click();
  await expect(app.time.now).toHaveText(there ?? "");
  await expect(app.page).toHaveURL(/ledger-first/);
  await app.runCommand("Switch to ledger-memory-leak");
  await app.runCommand("Close this recording");
  await expect(app.time.now).toHaveText(there ?? "");
  await expect(app.topBar.getByRole("button", { name: "Recording ledger-first", exact: true })).toBeVisible();
});

test("the palette finds what was recorded, and goes there", async ({ app }) => {
  await app.openSample();
  const end = await app.time.now.textContent();
  await app.page.keyboard.press("Control+k");
  await app.dialog.getByRole("combobox").fill("account opened");
  const found = app.dialog.getByRole("option", { name: /account opened.*log/ });
  await expect(found.first()).toBeVisible();
  await app.page.keyboard.press("Enter");
  await expect(app.time.now).not.toHaveText(end ?? "");
});

test("the palette finds metrics by name, and Metrics shows the one that is chosen", async ({ app }) => {
  await app.openSample();
  const at = await app.time.now.textContent();
  const before = await app.metrics.names();
  await app.page.keyboard.press("Control+k");
  await app.dialog.getByRole("combobox").fill("external ledger");
  const found = app.dialog.getByRole("option", { name: /external memory of ledger.*metric/ });
  await expect(found).toHaveCount(1);
  await found.click();
  await app.whenIdle();
  expect(await app.metrics.names()).toEqual(["external mem.", ...before]);
  await expect(app.time.now).toHaveText(at ?? "");
});
