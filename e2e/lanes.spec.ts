// Lanes: spans that a filter leaves out, and what a request waited for.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./fixtures.js";
import type { App } from "./pages/app.js";
import { themes } from "./themes.js";

/** Where a request is selected that was slow. */
async function openAtPayout(app: App): Promise<void> {
  await app.whenIdle();
  await app.page.getByRole("button", { name: "Open the sample ledger-slow-dependency" }).click();
  await app.time.now.waitFor();
  await app.whenIdle();
  await app.lanes.find.fill("payouts");
  await app.lanes.find.press("Shift+Enter");
  await app.whenIdle();
}

test("a request's critical path is listed, and filters leave spans and services out and say how many", async ({
  app,
}) => {
  const { lanes } = app;
  await openAtPayout(app);
  await expect(lanes.details).toContainText("POST /payouts");

  await expect.poll(() => lanes.criticalPath.count()).toBeGreaterThan(4);
  const steps = await lanes.criticalPath.allTextContents();
  const total = steps.reduce((sum, step) => sum + Number(/([\d.]+) %/.exec(step)?.[1]), 0);
  expect(total).toBeGreaterThan(98);
  expect(total).toBeLessThan(102);
  for (const service of ["gateway", "payments", "accounts"]) expect(steps.join("\n")).toContain(service);
  // From one of them to the next: the path stays that of the request.
  await lanes.criticalPath.first().getByRole("button").click();
  await app.whenIdle();
  await expect(lanes.criticalPath.first().getByRole("button")).toHaveAttribute("aria-current", "true");
  expect(await lanes.criticalPath.allTextContents()).toEqual(steps);
  for (const theme of themes) {
    await app.page.emulateMedia({ colorScheme: theme });
    expect((await new AxeBuilder({ page: app.page }).include("[data-pane=lanes]").analyze()).violations).toEqual([]);
  }

  await lanes.details.getByRole("button", { name: "Close span details" }).click();
  const [all, none] = await lanes.counts();
  expect([all > 10, none]).toEqual([true, 0]);
  await expect(lanes.region.getByRole("button", { name: /system/ })).toHaveCount(1);
  await lanes.find.fill("kind = server");
  await app.whenIdle();
  await lanes.filterBy("Only kind = server");
  await expect(lanes.chips).toContainText("kind = server");
  await expect.poll(async () => (await lanes.counts())[1]).toBeGreaterThan(0);
  const [shown, leftOut] = await lanes.counts();
  expect(shown + leftOut).toBe(all);
  // What runs the services served nothing.
  await expect(lanes.region.getByRole("button", { name: /system/ })).toHaveCount(0);
  await lanes.filterBy("At least 1 s");
  await expect.poll(() => lanes.counts()).toEqual([0, all]);
  await expect(lanes.region).toContainText("The filters leave out all spans in this view.");
  await lanes.chips.getByRole("button", { name: "Clear filters" }).click();
  await expect.poll(() => lanes.counts()).toEqual([all, 0]);

  // The same spans as rows, which a keyboard walks and a screen reader reads.
  await lanes.region.getByRole("button", { name: "Spans in view as a table" }).click();
  const table = lanes.region.getByRole("listbox", { name: /^Spans in view/ });
  const rows = table.getByRole("option");
  await expect(rows.first()).toContainText(/\d\d:\d\d:\d\d.* (?:ms|µs|s)/);
  await table.press("Home");
  await table.press("ArrowDown");
  const picked = (await rows.nth(1).textContent()) ?? "";
  await expect(lanes.details).toBeVisible();
  expect(picked).toContain((await lanes.details.locator("header .name").textContent()) ?? "none");
  await table.press("Enter");
  await app.whenIdle();
  const start = /\d\d:\d\d:\d\d\.\d+/.exec(picked)?.[0] ?? "none";
  expect(((await app.time.now.textContent()) ?? "").replaceAll(/[^\d:.]/g, "")).toContain(start);
  expect((await new AxeBuilder({ page: app.page }).include("[data-pane=lanes]").analyze()).violations).toEqual([]);
});

test("spans are grouped by trace with those of all services below each other, and say what was their own time", async ({
  app,
}) => {
  const { lanes } = app;
  await openAtPayout(app);
  await expect(lanes.details).toContainText(/self .*%/);
  await lanes.find.fill("");
  await lanes.groupBy("Group by trace, newest first");
  // The request that was selected is there with the spans of other services.
  await expect(lanes.details).toContainText("POST /payouts");
  const [shown, all] = await lanes.traces();
  expect(all).toBeGreaterThanOrEqual(shown);
  const request = lanes.region.getByRole("button", { name: /^Select gateway: POST \/payouts, .* spans/ });
  await expect(request.first()).toBeVisible();
  for (const theme of themes) {
    await app.page.emulateMedia({ colorScheme: theme });
    expect((await new AxeBuilder({ page: app.page }).include("[data-pane=lanes]").analyze()).violations).toEqual([]);
  }
  // Longest first: what ran as long as the recording, and more of them as the view is longer.
  await lanes.groupBy("Group by trace, longest first");
  await lanes.details.getByRole("button", { name: "Close span details" }).click();
  await lanes.region.locator(".scroller").evaluate((scroller) => scroller.scrollTo(0, 0));
  const first = lanes.region.getByRole("button", { name: /^Select / }).first();
  await expect(first).toHaveAccessibleName(/^Select system: node /);
  // As it was after a reload, and as a table.
  await expect.poll(() => app.page.url()).toContain("lanes-by=longest");
  // What was closed is not in the address any more.
  await expect.poll(() => app.page.url()).not.toContain("&span=");
  await app.page.reload();
  await app.time.now.waitFor();
  await app.whenIdle();
  await expect(first).toHaveAccessibleName(/^Select system: node /);
  await lanes.region.getByRole("button", { name: "Spans in view as a table" }).click();
  const table = lanes.region.getByRole("listbox", { name: /^Spans in view, trace by trace/ });
  await expect(table.getByRole("option").first()).toContainText(/node .*\d s.*\d s/);
});
