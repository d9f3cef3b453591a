// Correlation: what goes with a series, what changed in a stretch, who calls whom, and where an id went.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./fixtures.js";
import { themes } from "./themes.js";
import type { App } from "./pages/app.js";

const open = async (app: App, sample: string): Promise<void> => {
  await app.whenIdle();
  await app.page.getByRole("button", { name: `Open the sample ${sample}` }).click();
  await app.time.now.waitFor();
  await app.whenIdle();
};

async function seriousIn(app: App): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page: app.page }).include("[data-pane=correlation]").analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("; ")}`);
}

test("a metric's other name comes first, and the two are shown together; a reload comes back to it", async ({
  app,
}) => {
  await open(app, "ledger-slow-dependency");
  const { correlation } = app;
  await correlation.open("Goes with");
  await expect(correlation.region).toContainText("Choose a series to compare with");
  await correlation.compareWith(/payments/, "event loop delay p99");
  await expect(correlation.rows.first()).toContainText("payments");
  await expect(correlation.rows.first()).toContainText("nodejs.eventloop.delay.max");
  await correlation.rows.first().click();
  await app.whenIdle();
  await expect(correlation.detail).toContainText("correlated");
  await expect(correlation.detail).toContainText("Not known: whether either brings about the other");
  await expect(correlation.detail.getByRole("img", { name: / against / })).toBeVisible();
  const before = await app.time.now.textContent();
  await correlation.detail.getByRole("button", { name: "Go to its highest" }).click();
  await app.whenIdle();
  expect(await app.time.now.textContent()).not.toBe(before);
  await correlation.region.getByLabel("Filter series").fill("accounts heap");
  await expect(correlation.rows.first()).toContainText("accounts");
  await app.whenIdle();
  await app.page.reload();
  await app.whenIdle();
  await expect(correlation.rows.first()).toContainText("nodejs.eventloop.delay.max");
});

test("a value of state is compared with every metric", async ({ app }) => {
  await open(app, "ledger-first");
  await app.time.goTo("+15s");
  await app.state.select("changes");
  await app.correlation.open("Goes with");
  await expect(app.correlation.region.getByLabel("Series that others are compared with")).toHaveValue("value");
  await expect(app.correlation.region).toContainText(/\d+ others, \d+ cells/);
});

test("what changed in a selection is ranked, and Enter goes to where it is first seen", async ({ app }) => {
  await open(app, "ledger-bad-deploy");
  const { correlation } = app;
  await correlation.open("Changed");
  await expect(correlation.region).toContainText("Hold Shift and drag on the time ruler");
  await app.time.goTo("+5.671s");
  await app.press("i");
  await app.time.goTo("+14.457s");
  await app.press("o");
  await expect(correlation.rows.first()).toContainText("error: request failed");
  await correlation.rows.first().click();
  await app.whenIdle();
  await expect(app.time.fromStart).toHaveText(/^\+5\.[67]|^\+[678]\./);
  await expect(app.logs.current).toContainText("request failed");
});

for (const theme of themes)
  test.describe(`in the ${theme} theme`, () => {
    test.use({ colorScheme: theme });

    test("services, an id on its way through them, and nothing serious to axe", async ({ app }) => {
      await open(app, "ledger-slow-dependency");
      const { correlation } = app;
      await correlation.open("Services");
      await expect(correlation.calls.filter({ hasText: "gateway" }).filter({ hasText: "payments" })).toHaveCount(1);
      await correlation.services.filter({ hasText: "gateway" }).focus();
      await app.press("Enter");
      await expect(correlation.services.filter({ hasText: "gateway" })).toHaveAttribute("aria-pressed", "true");
      expect(await seriousIn(app), "services").toEqual([]);
      await correlation.region.getByRole("button", { name: "Slowest request of gateway" }).click();
      await expect(app.requests.region).toContainText("One request");
      await expect(app.page).toHaveURL(/request=\d+\.[0-9a-f]{16}/);
      const spanId = new URLSearchParams(new URL(app.page.url()).hash.slice(1)).get("request")?.split(".")[1] ?? "";

      await correlation.open("Id");
      await correlation.lookFor(spanId);
      await expect(correlation.rows.filter({ hasText: "span" }).first()).toContainText("gateway");
      const before = await app.time.now.textContent();
      await correlation.rows.last().click();
      await app.whenIdle();
      expect(await app.time.now.textContent()).not.toBe(before);
      expect(await seriousIn(app), "an id").toEqual([]);

      await correlation.open("Grows");
      await expect(correlation.rows.first()).toContainText("ledger.journal");
      expect(await seriousIn(app), "what grows").toEqual([]);

      await correlation.open("Goes with");
      await correlation.compareWith(/gateway/, "heap used");
      await correlation.rows.first().click();
      await app.whenIdle();
      expect(await seriousIn(app), "goes with").toEqual([]);

      await app.time.goTo("+8.335s");
      await app.press("i");
      await app.time.goTo("+15.9s");
      await app.press("o");
      await correlation.open("Changed");
      await expect(correlation.rows.first()).toContainText("latency");
      expect(await seriousIn(app), "changed").toEqual([]);
    });
  });
