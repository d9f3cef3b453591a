import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./fixtures.js";

test.describe("the welcome page", () => {
  test("is where a new profile lands, with the demo and a sample one click away", async ({ app }) => {
    await app.whenIdle();
    await expect(app.welcome).toBeVisible();
    await expect(app.recordDemo).toBeVisible();
    await expect(app.samples.first()).toBeVisible();
  });

  test("asks for all it needs before its script is there to ask", async ({ app }) => {
    await app.whenIdle();
    const late = await app.page.evaluate(() => {
      const files = performance.getEntriesByType("resource").filter((one) => one instanceof PerformanceResourceTiming);
      const entry = files.find(({ name }) => /\/index-[^/]*\.js$/.test(name));
      const paintedMs = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity;
      return files
        .filter(({ name, startTime }) => /\.(js|css|woff2)$/.test(name) && startTime < paintedMs)
        .filter(({ startTime }) => startTime > (entry?.responseEnd ?? 0))
        .map(({ name }) => name);
    });
    expect(late).toEqual([]);
  });

  test("breaks no rule of WCAG AA that a machine can judge", async ({ app }) => {
    await app.whenIdle();
    // Electron has no second page for axe to collect its results in.
    const axe = new AxeBuilder({ page: app.page }).withTags(["wcag2a", "wcag2aa", "wcag21aa"]).setLegacyMode(true);
    const { violations } = await axe.analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
  });
});
