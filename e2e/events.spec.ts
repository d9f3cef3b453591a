// Lists of records, Events and Logs alike: filtered by what is clicked, by regular expressions, and back to what is around a row.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./fixtures.js";
import { themes } from "./themes.js";
import type { App } from "./pages/app.js";

async function openCrashes(app: App): Promise<void> {
  await app.whenIdle();
  await app.page.getByRole("button", { name: "Open the sample ledger-crash-loop" }).click();
  await app.time.now.waitFor();
  await app.whenIdle();
}

test("events are filtered by what is clicked, and lead back to what is around one", async ({ app }) => {
  await openCrashes(app);
  const { events } = app;
  await events.tab.click();
  await app.whenIdle();
  await expect(events.region).toContainText(/\d+ events/);
  await events.filter.fill("URI");
  await expect
    .poll(async () => {
      const texts = await events.lines.allTextContents();
      return texts.length > 2 && texts.every((text) => text.includes("URI"));
    })
    .toBe(true);
  await events.lines.first().click();
  const at = await app.time.now.textContent();
  await app.press("ArrowRight");
  await events.region.getByRole("button", { name: "Only rows with name = hindcast.error" }).click();
  await app.whenIdle();
  await expect(events.chips).toContainText("name = hindcast.error");
  // By keyboard: from the first of them to the menu of its row.
  await events.list.focus();
  await app.press("Home", "Enter");
  expect(await app.time.now.textContent()).toBe(at);
  await events.region.getByRole("button", { name: "Filter by the event, or copy it" }).click();
  await app.page.getByRole("menuitem", { name: "Show what is around it" }).click();
  await app.whenIdle();
  await expect(events.chips).toHaveCount(0);
  await expect(events.lines.filter({ has: app.page.locator(".line.current") })).toContainText("hindcast.error");
  await expect(events.lines.filter({ hasText: "hindcast.end" }).first()).toBeVisible();
});

test("log lines are looked through by a regular expression, and a wrong one says what is wrong", async ({ app }) => {
  await openCrashes(app);
  const { logs } = app;
  await logs.region.getByRole("button", { name: "Look for a regular expression" }).click();
  await logs.filter.fill("not delivered|^paid$");
  await app.whenIdle();
  await expect(logs.region).toContainText(/\d+ of 1.?130/);
  for (const text of await logs.lines.allTextContents()) expect(text).toMatch(/not delivered|paid/);
  await logs.filter.fill("(");
  await expect(logs.region.getByRole("alert")).toContainText("( is not a regular expression");
  await logs.filter.fill("not delivered");
  await expect(logs.lines.first()).toContainText("not delivered");
  await logs.lines.first().click();
  await app.press("ArrowRight");
  await logs.region.getByRole("button", { name: "Without rows with service = payments" }).click();
  await expect(logs.region).toContainText("No lines match");
  await logs.region.getByRole("button", { name: "Remove the filter service ≠ payments" }).click();
  await expect(logs.lines.first()).toContainText("not delivered");
});

for (const theme of themes)
  test.describe(`in the ${theme} theme`, () => {
    test.use({ colorScheme: theme });
    test("axe finds nothing serious in an opened, filtered list", async ({ app }) => {
      await openCrashes(app);
      await app.events.tab.click();
      await app.whenIdle();
      await app.events.lines.first().click();
      await app.press("ArrowRight");
      await app.events.region.getByRole("button", { name: /^Only rows with service/ }).click();
      await app.whenIdle();
      await app.events.lines.first().click();
      await app.press("ArrowRight");
      const { violations } = await new AxeBuilder({ page: app.page }).include("[data-pane=events]").analyze();
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("; ")}`)).toEqual([]);
    });
  });
