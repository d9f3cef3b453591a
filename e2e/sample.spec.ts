// A saved recording, from one click on: all panes stand on one playhead, and each of them moves it.
import { AxeBuilder } from "@axe-core/playwright";
import * as v from "valibot";
import { expect, test } from "./fixtures.js";
import { clockTextOf, placeOfPlayhead } from "./pages/time-ruler.js";
import type { App } from "./pages/app.js";

const instant = v.pipe(
  v.string(),
  v.transform((text) => BigInt(text)),
);
const info = v.object({ path: v.string(), start: instant });
const namedSpan = v.object({ name: v.string(), start: instant });
const sample = v.object({ alias: v.string(), instant: v.string(), value: v.number(), unit: v.string() });

test.beforeEach(async ({ app }) => {
  await app.whenIdle();
  await app.openSample();
});

/** Of the recording that is open: its path stands in the address. */
const openPath = (app: App): string => new URLSearchParams(new URL(app.page.url()).hash.slice(1)).get("file") ?? "";

test("opens with one click, at its end, all panes filled", async ({ app }) => {
  await expect(app.recordingState).toContainText("SAVED");
  const opened = await app.time.now.textContent();
  await app.whenIdle();
  await expect(app.state.row("accounts")).toContainText(/Map\(\d+\)/);
  await expect(app.logs.current).toHaveCount(1);
  await app.press("Home");
  await expect(app.time.fromStart).toHaveText("+0.000 from start");
  await app.press("End");
  await expect(app.time.now).toHaveText(opened ?? "");
  await app.time.goTo("+10s");
  await expect(app.time.fromStart).toHaveText("+10.000 from start");
  await expect(app.state.row("accounts")).toContainText(/Map\(\d+\)/);
  await expect(app.logs.current).toHaveCount(1);
  await expect(app.lanes.region).toContainText(/[1-9]\d* spans/);
  expect((await app.metrics.values()).filter(({ value }) => value !== "–")).toHaveLength(4);
});

test("another address put into the same tab moves the playhead, or opens what it names", async ({ app }) => {
  const written = () => BigInt(new URLSearchParams(new URL(app.page.url()).hash.slice(1)).get("at") ?? 0);
  await app.time.goTo("+10s");
  const shown = (await app.time.now.textContent()) ?? "";
  await expect.poll(() => clockTextOf(written())).toBe(shown);
  const file = openPath(app);
  const at = written() - 2_500_000_000n;
  const hash = new URLSearchParams({ file, at: String(at) }).toString();
  const putIn = (text: string) => app.page.evaluate((put) => void (location.hash = put), text);
  await putIn(hash);
  await expect(app.time.now).toHaveText(clockTextOf(at));

  await app.runCommand("back to the welcome");
  await expect(app.welcome).toBeVisible();
  await expect.poll(() => new URL(app.page.url()).hash).toBe("");
  await putIn(hash);
  await expect(app.time.now).toHaveText(clockTextOf(at));
});

test("the row of the last writer is on screen wherever the playhead goes", async ({ app }) => {
  await app.state.select("changes");
  const lastWriter = app.state.writes.filter({ hasText: "last writer" });
  for (const place of ["+3s", "+20s", "+10s", "+1s"]) {
    await app.time.goTo(place);
    await expect(lastWriter).toBeInViewport();
  }
});

test("a value's history names the writers, and a row of it puts the playhead right after that write", async ({
  app,
}) => {
  await app.time.goTo("+10s");
  await app.state.expand("accounts");
  await app.state.expand("accounts.acc_1001");
  await app.state.select("accounts.acc_1001.balance");
  await expect(app.state.history).toContainText(/\d+ writes/);

  for (const index of [2, 0, 1]) {
    const { time, value, place } = await app.state.write(index);
    expect(place).toMatch(/^ledger\.mjs:\d+ /);
    await app.state.writes.nth(index).click();
    await app.whenIdle();
    await expect(app.time.now).toHaveText(time);
    await expect(app.state.lastWrite).toContainText("changed now");
    await expect(app.state.lastWrite).toContainText("accounts.acc_1001.balance");
    const row = app.state.row("accounts.acc_1001.balance");
    await expect(row.locator(".new")).toHaveText(value);
    await expect(row).toContainText("changed now");
  }
});

test("the diff tab shows what changed between the ends of a selected stretch, or since a time", async ({ app }) => {
  await app.time.goTo("+8s");
  const earlier = Number(await app.state.row("changes").locator(".values").textContent());
  await app.time.goTo("+10s");
  const before = Number(await app.state.row("changes").locator(".values").textContent());
  await app.press("i");
  await app.time.goTo("+12s");
  const after = Number(await app.state.row("changes").locator(".values").textContent());
  await app.press("o");
  await app.state.show("Diff");
  const change = app.state.changes.filter({ has: app.page.locator("[title='changes']") });
  await expect(change.locator(".old")).toHaveText(String(before));
  await expect(change.locator(".new")).toHaveText(String(after));
  expect(after).toBeGreaterThan(before);
  expect(before).toBeGreaterThan(earlier);

  // The playhead stands at the later end.
  await app.state.compared.selectOption("time");
  await app.state.comparedTime.fill("+8s");
  await expect(change.locator(".old")).toHaveText(String(earlier));
  await expect(change.locator(".new")).toHaveText(String(after));

  await change.click();
  await change.dblclick();
  await expect(app.state.row("changes")).toHaveAttribute("aria-selected", "true");
});

test("a value is found by its name, copied as JSON, and watched over a reload", async ({ app }) => {
  await app.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await app.time.goTo("+10s");
  await app.state.filter.fill("ACC_1001");
  const found = app.state.found.filter({ has: app.page.locator("[title='accounts.acc_1001']") });
  await expect(found).toHaveCount(1);
  await found.click();
  await found.dblclick();
  const row = app.state.row("accounts.acc_1001");
  await expect(row).toHaveAttribute("aria-selected", "true");
  await expect(app.state.filter).toHaveValue("");

  await row.click({ button: "right" });
  await app.page.getByRole("menuitem", { name: "Copy as JSON" }).click();
  await expect(app.page.getByText("JSON copied.")).toBeVisible();
  const copied: unknown = JSON.parse(await app.page.evaluate(() => navigator.clipboard.readText()));
  await app.state.expand("accounts.acc_1001");
  const balance = await app.state.row("accounts.acc_1001.balance").locator(".values").textContent();
  expect(copied).toMatchObject({ balance: Number(balance) });

  await app.state.select("accounts.acc_1001.balance");
  await app.press("p");
  await expect(app.state.watched).toContainText(`balance ${balance ?? ""}`);
  await app.state.lane.click({ position: { x: 60, y: 13 } });
  await expect(app.state.watched).toContainText("changed now");
  await app.whenIdle();
  await app.page.reload();
  await expect(app.state.watched).toContainText("changed now");
  await app.state.region.getByRole("button", { name: "Stop watching accounts.acc_1001.balance" }).click();
  await expect(app.state.watched).toHaveCount(0);
});

test("a log line moves the playhead to its instant", async ({ app }) => {
  await app.time.goTo("+10s");
  await app.logs.filterBy("insufficient");
  const line = app.logs.lines.nth(3);
  await expect(line).toContainText("insufficient funds");
  const time = await app.logs.timeOf(line);
  await line.click();
  await app.whenIdle();
  await expect(app.time.now).toHaveText(time);
  await expect(app.logs.current.locator(".time")).toHaveAttribute("title", time);
});

test("a span is selected in the lanes, and its start is one key away", async ({ app }) => {
  await app.time.goTo("+10s");
  await app.lanes.plot.focus();
  await app.press("Enter");
  await expect(app.lanes.details).toContainText(/(GET|POST|DELETE) \//);
  const first = await app.lanes.fact("start");
  await app.press("ArrowRight");
  const second = await app.lanes.fact("start");
  expect(second > first).toBe(true);
  await app.press("Enter");
  await expect(app.time.now).toHaveText(second);
  await app.press("Escape");
  await expect(app.lanes.details).toHaveCount(0);
});

test("a span is found by its name wherever it is, and colours say what is asked of them", async ({ app, hindcast }) => {
  const firsts = new Map<string, bigint>();
  for (const line of (await hindcast("spans", openPath(app), "--limit", "100000", "--json")).trim().split("\n")) {
    const { name, start } = v.parse(namedSpan, JSON.parse(line));
    if (!firsts.has(name)) firsts.set(name, start);
  }
  const [name, start] = [...firsts].reduce((latest, one) => (one[1] > latest[1] ? one : latest));
  await app.time.goTo("+0s");
  await app.lanes.findNext(name);
  await expect(app.lanes.details).toContainText(name);
  expect(await app.lanes.fact("start")).toBe(clockTextOf(start));
  await app.lanes.colourBy("Colour by kind");
  await expect(app.lanes.region.getByRole("list", { name: "Kinds of spans" })).toContainText("server");
});

test("a metric's value at the playhead is the one the command line prints", async ({ app, hindcast }) => {
  const file = openPath(app);
  const { start } = v.parse(info, JSON.parse(await hindcast("info", file, "--json")));
  const at = start + 10_000_000_000n;
  await app.time.goTo(String(at));
  await expect(app.time.now).toHaveText(clockTextOf(at));
  const printed = (await hindcast("metrics", file, "--json", "--to", String(at))).trim().split("\n");
  const heap = printed
    .map((line) => v.parse(sample, JSON.parse(line)))
    .filter(({ alias, instant }) => alias === "heap used" && BigInt(instant) <= at)
    .at(-1);
  if (heap === undefined) throw new Error("the command line printed no heap");
  const shown = (await app.metrics.values()).find(({ name }) => name === "heap used");
  expect(shown?.unit).toBe("MB");
  expect(Number(shown?.value)).toBeCloseTo(heap.value / 1e6, 1);
});

test("rows of metrics are derived, scaled, moved and compared with before, and are so again after a reload", async ({
  app,
}) => {
  const { metrics, time } = app;
  const [first = ""] = await metrics.names();
  await expect(metrics.marks).not.toHaveCount(0);
  await metrics.choose(first, /^Ratio to/);
  await metrics.choose(first, "Rate per second");
  await metrics.choose(first, "Log scale");
  await metrics.choose(first, "Move down");
  const [rate = "", moved, ratio = ""] = await metrics.names();
  expect([rate, moved, ratio]).toEqual([`${first} rate`, first, expect.stringContaining(" / ")]);
  await expect(metrics.row(first)).toContainText("log");
  await metrics.compareBefore.click();
  await expect(metrics.legend).toContainText("Nothing was recorded before");
  const atEnd = (await time.now.textContent()) ?? "";
  const plot = await metrics.row(first).locator(".plot").boundingBox();
  if (plot === null) throw new Error("no plot");
  await app.page.mouse.click(plot.x + plot.width / 2, plot.y + plot.height / 2);
  await expect(time.now).not.toHaveText(atEnd);
  const line = await placeOfPlayhead(metrics.region);
  expect(Math.abs(line.x - (plot.x + plot.width / 2)), "where it was clicked").toBeLessThan(2);
  await app.press("+", "+");
  await expect(metrics.legend).toContainText(/the [\d.]+ \S+ before/);

  await app.page.reload();
  await expect(metrics.legend).toContainText(/the [\d.]+ \S+ before/);
  await expect.poll(() => metrics.names()).toEqual(expect.arrayContaining([rate, first, ratio]));
  expect((await metrics.names()).slice(0, 3)).toEqual([rate, first, ratio]);
  const judged = await new AxeBuilder({ page: app.page }).include("[data-pane=metrics]").analyze();
  expect(judged.violations).toEqual([]);
});
