// What an address holds: a reload and a link lead to the same view, and every recording that was open is open again.
import { expect, test } from "./fixtures.js";
import type { App } from "./pages/app.js";

const kept = (app: App): URLSearchParams => new URLSearchParams(new URL(app.page.url()).hash.slice(1));

async function open(app: App, sample: string): Promise<void> {
  await app.whenIdle();
  await app.page.getByRole("button", { name: `Open the sample ${sample}` }).click();
  await app.time.now.waitFor();
  await app.whenIdle();
}

test("a reload and a copied link come back to what was filtered, selected and shown alone", async ({
  app,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(app, "ledger-slow-dependency");
  const { page, logs, correlation } = app;
  await app.time.goTo("+5s");
  await app.press("i");
  await app.time.goTo("+9s");
  await app.press("o");

  await correlation.open("Services");
  await correlation.services.filter({ hasText: "payments" }).click();
  await correlation.region.getByRole("button", { name: "Only payments in every pane" }).click();
  await logs.region.getByRole("button", { name: "Look for a regular expression" }).click();
  await logs.filterBy("capture|charge");
  await app.whenIdle();
  const alone = page.getByRole("button", { name: "Show all services again, not only payments" });
  // In Lanes and Logs, which are in front.
  await expect(alone).toHaveCount(2);
  await expect(app.lanes.region.getByRole("button", { name: "Show only gateway" })).toHaveCount(0);
  const services = logs.lines.locator(".service");
  await expect.poll(async () => [...new Set(await services.allInnerTexts())]).toEqual(["payments"]);
  await app.state.filter.fill("version > 1");
  await expect(app.state.found.first()).toBeVisible();
  await app.state.show("Diff");
  await app.state.compared.selectOption("start");
  await expect(app.state.changes.first()).toBeVisible();
  const shown = async () => [
    await logs.lines.allInnerTexts(),
    await app.time.now.textContent(),
    kept(app).toString(),
    await app.state.changes.allInnerTexts(),
    await app.state.compared.inputValue(),
  ];
  await app.whenIdle();
  const before = await shown();
  expect([kept(app).get("v"), kept(app).get("only"), kept(app).get("logs-pattern")]).toEqual([
    "2",
    "payments",
    "capture|charge",
  ]);

  await page.reload();
  await app.time.now.waitFor();
  await app.whenIdle();
  await expect.poll(shown).toEqual(before);

  await app.press("Escape", "y");
  await expect(page.locator(".toasts")).toContainText("Copied a link to this view");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(/^hindcast:\/\/open\?file=.*&v=2&/);
  await alone.first().click();
  await expect(alone).toHaveCount(0);
  await logs.filterBy("");
  await app.state.show("Tree");
  await app.state.filter.fill("");
  // Out of the field, where letters are letters.
  await app.press("Escape");
  await app.time.goTo("+1s");
  await app.press("Control+o");
  await app.dialog.getByRole("textbox").fill(link);
  await app.dialog.getByRole("textbox").press("Enter");
  await expect(alone).toHaveCount(2);
  await expect(logs.filter).toHaveValue("capture|charge");
  await expect(app.state.compared).toHaveValue("start");
  await app.state.show("Tree");
  await expect(app.state.filter).toHaveValue("version > 1");
  await expect(app.time.now).toHaveText(String(before[1]));
});

test("every open recording is open again after a reload, in its order and where it was", async ({ app }) => {
  await open(app, "ledger-first");
  const { page } = app;
  const first = kept(app).get("file") ?? "";
  await app.time.goTo("+10s");
  const second = first.replace("ledger-first", "ledger-slow-dependency");
  const putIn = (text: string) => page.evaluate((put) => void (location.hash = put), text);
  await putIn(new URLSearchParams({ file: second }).toString());
  await expect(app.topBar).toContainText("ledger-slow-dependency");
  await app.time.goTo("+3s");
  await app.logs.filterBy("charge");
  await app.runCommand("switch to ledger-first");
  await expect(app.time.fromStart).toHaveText("+10.000 from start");
  await app.whenIdle();

  await page.reload();
  await expect(app.time.fromStart).toHaveText("+10.000 from start");
  // The other one comes back behind it.
  await expect(app.topBar).toContainText("ledger-first +1");
  await app.press("Control+Alt+PageDown");
  await expect(app.topBar).toContainText("ledger-slow-dependency");
  await expect(app.time.fromStart).toHaveText("+3.000 from start");
  await expect(app.logs.filter).toHaveValue("charge");
  // Two of them: the next one is the first again.
  await app.press("Control+Alt+PageDown");
  await expect(app.topBar).toContainText("ledger-first");

  await app.runCommand("back to the welcome");
  await expect(app.welcome).toBeVisible();
  await app.whenIdle();
  await page.reload();
  await expect(app.topBar).toContainText("1 open");
});

test("panes behind a tab ask for nothing while the playhead moves, and are right once they are in front", async ({
  app,
}) => {
  // Names stand in the messages as they are.
  const asked: string[] = [];
  app.page.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      const text = typeof payload === "string" ? payload : payload.toString("latin1");
      asked.push(...(/(?:events|logs|requests|services|spans|metrics)\.[a-zA-Z]+/.exec(text) ?? []));
    }),
  );
  await app.page.reload();
  await open(app, "ledger-first");
  await app.events.tab.click();
  await expect(app.events.lines.first()).toBeVisible();
  await app.correlation.open("Services");
  await app.page.getByRole("tab", { name: "Logs" }).click();
  await app.whenIdle();
  asked.length = 0;
  for (const place of ["+3s", "+20s", "+10s", "+1s"]) await app.time.goTo(place);
  expect(asked).toContain("logs.around");
  expect(asked.filter((name) => /^(events|metrics|services)/.test(name))).toEqual([]);
  await app.events.tab.click();
  await app.whenIdle();
  expect(asked).toContain("events.rowAt");
  const current = app.events.list.locator(".line.current");
  await expect(current).toHaveCount(1);
  const second = async () => Number(/\d\d:(\d\d)\.\d+/.exec(await current.locator(".time").innerText())?.[1]);
  const now = Number(/:(\d\d)\./.exec((await app.time.now.textContent()) ?? "")?.[1]);
  expect((now - (await second()) + 60) % 60).toBeLessThanOrEqual(1);
});
