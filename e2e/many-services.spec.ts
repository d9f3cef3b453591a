// A recording of more services than the top bar has room for: those that did most come first, by their whole names, and the others
// are one click away; the Metrics pane begins with the first of them.
import { expect, test } from "./fixtures.js";

const services = ["accounts", "notifications", "payments", "gateway", "system"];

test("services come before who started them, by whole names, and those without room are listed", async ({ app }) => {
  const { page, topBar } = app;
  await app.whenIdle();
  await page.getByRole("button", { name: "Open the sample ledger-slow-dependency" }).click();
  await app.time.now.waitFor();
  await app.whenIdle();
  const named = topBar.getByRole("list", { name: "Processes" }).locator(".clip");
  const more = topBar.getByRole("button", { name: /more service/ });
  const others = page.getByRole("list", { name: "More services" }).locator(".clip");

  await test.step("at 1280 pixels some have no room", async () => {
    await expect(more).toHaveText(/^\+[1-3]$/);
    const shown = await named.allTextContents();
    expect(shown).toEqual(services.slice(0, shown.length));
    const cut = await named.evaluateAll((names) => names.filter((name) => name.scrollWidth > name.clientWidth).length);
    expect(cut).toBe(0);
    await more.click();
    await expect(others).toHaveText(services.slice(shown.length));
    await app.press("Escape");
    await expect(others.first()).toBeHidden();
  });

  await test.step("at 1920 all have", async () => {
    await page.setViewportSize({ width: 1920, height: 1080 });
    await expect(more).toHaveCount(0);
    await expect(named).toHaveText(services);
  });

  await page.getByRole("button", { name: "Choose series" }).click();
  const first = page.getByRole("group", { name: /^accounts, pid/ });
  await expect(page.getByRole("group", { name: /, pid/ }).first()).toHaveAccessibleName(/^accounts, pid/);
  await expect(first.getByRole("checkbox", { checked: true })).toHaveCount(4);
});
