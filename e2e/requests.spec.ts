// Requests: from the welcome page to what a slow request waited for, and from there to the records behind it.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./fixtures.js";
import { Person } from "./pages/person.js";
import { themes } from "./themes.js";
import type { App } from "./pages/app.js";

const sample = (app: App) => app.page.getByRole("button", { name: "Open the sample ledger-slow-dependency" });

async function openRoutes(app: App): Promise<void> {
  await app.whenIdle();
  await sample(app).click();
  await app.requests.tab.click();
  await app.whenIdle();
}

async function seriousIn(app: App): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page: app.page }).include("[data-pane=requests]").analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ""}`).join("; ")}`,
    );
}

test("the slow dependency of a slow request is found in four actions from the welcome page", async ({ app }) => {
  await app.whenIdle();
  const person = new Person(app);
  const { requests } = app;
  await person.click(sample(app));
  await person.click(requests.tab);
  // What took most time is first.
  await expect(requests.rows.first()).toContainText("gateway");
  await person.click(requests.rows.first());
  await person.click(requests.rows.first());
  await expect(requests.shares.first()).toContainText(/payments\s*→ POST \/captures/);
  await expect(requests.shares.first()).toContainText("45 %");
  expect(person.actions.length).toBeLessThanOrEqual(6);
});

test("the rows of a request move the playhead, and a reload comes back to it", async ({ app }) => {
  await openRoutes(app);
  const { requests } = app;
  await requests.row("gateway", "POST /payouts").click();
  await app.whenIdle();
  expect(await requests.rows.count()).toBeGreaterThan(5);
  await requests.choose("Outcome of requests", "failed");
  await expect(requests.rows).toHaveCount(7);
  const failed = requests.rows.first();
  await expect(failed).toContainText("504 failed");
  await failed.click();
  await app.whenIdle();
  await requests.spans.first().click();
  const began = await app.time.now.textContent();
  expect(began).toContain("17.735");
  await app.press("ArrowDown", "Enter");
  expect(await app.time.now.textContent()).not.toBe(began);
  const share = await requests.shares.first().textContent();
  await expect.poll(() => new URL(app.page.url()).hash).toContain("request=");
  await app.page.reload();
  await app.whenIdle();
  await expect(requests.shares.first()).toHaveText(share ?? "");
  await app.page.getByRole("button", { name: "All routes" }).click();
  await expect(requests.row("gateway", "POST /payouts")).toBeVisible();
});

test("a log line leads to its whole request", async ({ app }) => {
  await openRoutes(app);
  const line = app.logs.lines.filter({ hasText: "notified" }).last();
  await line.click();
  await app.press("r");
  await expect(app.requests.region).toContainText("One request");
  await expect(app.requests.region.locator("header.request")).toContainText("gateway");
});

for (const theme of themes)
  test.describe(`in the ${theme} theme`, () => {
    test.use({ colorScheme: theme });
    test("axe finds nothing serious in Requests", async ({ app }) => {
      await openRoutes(app);
      expect(await seriousIn(app), "routes").toEqual([]);
      await app.requests.rows.first().click();
      await app.whenIdle();
      expect(await seriousIn(app), "list").toEqual([]);
      await app.requests.rows.first().click();
      await app.whenIdle();
      await app.requests.spans.first().click();
      expect(await seriousIn(app), "one request").toEqual([]);
    });
  });
