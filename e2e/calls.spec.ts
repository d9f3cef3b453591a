// Calls and Source: from a failed request to the call that threw and its text, what is under way at an instant, and recordings
// that have neither.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { shopProgram } from "../tools/shop-program.js";
import { type Profile, expect, test } from "./fixtures.js";
import type { App } from "./pages/app.js";
import { Person } from "./pages/person.js";
import { themes } from "./themes.js";

/** The same shop, in which the campaign of the order that fails was there and is taken away by another request. */
const endedCampaign = shopProgram
  .replace('["SPRING", { share: 0.2 }]', '["SPRING", { share: 0.2 }], ["SUMMER", { share: 0.3 }]')
  .replace("function priceOf", "function endCampaign(code) {\n  coupons.delete(code);\n}\n\nfunction priceOf")
  .replace("  const order = {", '  if (number === 5) endCampaign("SUMMER");\n  const order = {');

async function recordShop(
  profile: Profile,
  hindcast: (...args: string[]) => Promise<string>,
  ...options: string[]
): Promise<string> {
  return recordProgram(shopProgram, profile, hindcast, ...options);
}

async function recordProgram(
  program: string,
  { folder }: Profile,
  hindcast: (...args: string[]) => Promise<string>,
  ...options: string[]
): Promise<string> {
  await writeFile(join(folder, "shop.mjs"), program);
  const file = join(folder, "shop.hindcast");
  await hindcast("record", "--level", "calls", ...options, "-o", file, "--", process.execPath, "shop.mjs");
  return file;
}

async function expectAccessible(app: App, pane: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page: app.page }).include(`[data-pane=${pane}]`).analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("; ")}`)).toEqual([]);
}

test("the call that threw is found from a failed request in eight actions at most", async ({
  app,
  profile,
  hindcast,
}) => {
  await app.openFile(await recordShop(profile, hindcast));
  const { requests, calls, source } = app;
  const person = new Person(app);
  await person.click(requests.tab);
  await person.click(requests.row("GET"));
  await person.click(requests.row("500 failed"));
  await person.click(requests.region.getByRole("button", { name: "Calls", exact: true }));
  await expect(calls.node("totalOf")).toBeVisible();
  await person.click(calls.node("discountOf"));
  await person.press("Enter");
  await expect(source.marked).toContainText("async function discountOf(order) {");
  await expect(source.call).toContainText('"coupon":"SUMMER"');
  await expect(source.call).toContainText("threw");
  await expect(source.call).toContainText("Cannot read properties of undefined (reading 'share')");
  expect(person.actions.length).toBeLessThanOrEqual(8);

  await test.step("the text has the colours of code", async () => {
    const colours = await source.marked.evaluate((line) => {
      const word = [...line.querySelectorAll("span")].find((span) => span.textContent === "async");
      const keyword = Object.assign(document.createElement("i"), { style: "color: var(--code-keyword)" });
      line.ownerDocument.body.append(keyword);
      const wanted = getComputedStyle(keyword).color;
      keyword.remove();
      return { wanted, is: word === undefined ? "plain" : getComputedStyle(word).color };
    });
    expect(colours.is).toBe(colours.wanted);
  });

  await test.step("how often each function was called stands beside it", async () => {
    const beside = (line: string) =>
      source.region.evaluate((region, text) => {
        const lines = [...region.querySelectorAll<HTMLElement>(".cm-line")];
        const top = lines.find((one) => one.textContent.includes(text))?.getBoundingClientRect().top ?? NaN;
        const counts = [...region.querySelectorAll<HTMLElement>(".cm-counts .cm-gutterElement span")];
        return counts.find((one) => Math.abs(one.getBoundingClientRect().top - top) < 4)?.textContent;
      }, line);
    await expect.poll(() => beside("function discountOf")).toBe("✗ 12");
    await expect.poll(() => beside("function weightOf")).toBe("48");
    await expect.poll(() => beside("function priceOf")).toBe("24");
  });

  await test.step("a reload comes back to it", async () => {
    await expect.poll(() => new URL(app.page.url()).hash).toContain("source=");
    await app.page.reload();
    await app.whenIdle();
    await expect(source.marked).toContainText("async function discountOf(order) {");
    await expect(source.call).toContainText('"coupon":"SUMMER"');
    await calls.show();
    await expect(calls.node("discountOf")).toBeVisible();
    await expect(calls.nodes).toHaveCount(7);
  });

  await test.step("at the playhead stands what waits for it, and Source follows", async () => {
    await source.call.getByRole("button", { name: "Go to start" }).click();
    await app.whenIdle();
    await calls.ask("At the playhead");
    const texts = await calls.frames.allTextContents();
    const names = ["discountOf(", "totalOf(", "checkOut(", "answer("];
    expect(names.map((name) => texts.findIndex((text) => text.includes(name)))).toEqual([1, 2, 3, 4]);
    // None of them has thrown yet.
    expect(texts.filter((text) => text.includes("threw"))).toEqual([]);
    await calls.frames.filter({ hasText: "checkOut(" }).click();
    await app.whenIdle();
    await expect(source.marked).toContainText("async function checkOut(order) {");
    await expect(source.call).toContainText("checkOut");
  });
});

test("the write that made a call throw is found from a failed request in eight actions at most", async ({
  app,
  profile,
  hindcast,
}) => {
  await app.openFile(await recordProgram(endedCampaign, profile, hindcast, "--state", "coupons"));
  const { requests, calls, source, state } = app;
  const person = new Person(app);
  await person.click(requests.tab);
  await person.click(requests.row("GET"));
  await person.click(requests.row("500 failed"));
  await person.click(requests.region.getByRole("button", { name: "Calls", exact: true }));
  await person.click(calls.node("discountOf"));
  await person.press("Enter");
  await expect(source.call).toContainText("threw");
  // It mentions the coupon that the call was given.
  await expect(source.writes.first()).toContainText("coupons.SUMMER deleted");
  await expect(source.writes.first()).toContainText("endCampaign");
  await person.click(source.writes.first());
  expect(person.actions.length, person.actions.join("\n")).toBeLessThanOrEqual(8);

  await expect(source.marked).toContainText("coupons.delete(code);");
  await expect(source.call).toContainText("endCampaign");
  await expect(source.call).toContainText('"SUMMER"');
  await expect(source.marked).toBeInViewport();
  await app.page.getByRole("tab", { name: "State", exact: true }).click();
  await expect(state.writes.filter({ hasText: "last writer" })).toContainText("deleted");
  await source.show();

  await test.step("the calls of a function are stepped through", async () => {
    await calls.show();
    await calls.node("priceOf").click();
    await app.whenIdle();
    const shownAt = () => new URLSearchParams(new URL(app.page.url()).hash.slice(1)).get("source-call") ?? "";
    const seen: string[] = [];
    const step = async (name: string): Promise<void> => {
      const before = shownAt();
      await source.call.getByRole("button", { name, exact: true }).click();
      await app.whenIdle();
      await expect
        .poll(async () => shownAt() !== before || (await source.call.getByRole("status").isVisible()))
        .toBe(true);
    };
    for (;;) {
      await step("Previous call of it");
      if (await source.call.getByText("no call of it before").isVisible()) break;
    }
    for (;;) {
      seen.push(shownAt());
      await step("Next call of it");
      if (await source.call.getByText("no call of it after").isVisible()) break;
    }
    const printed = await hindcast("calls", join(profile.folder, "shop.hindcast"), "--function", "priceOf", "--json");
    const ids = [...printed.matchAll(/"spanId":"([0-9a-f]{16})"/g)].map(([, id]) => id);
    expect(ids).toHaveLength(24);
    expect(seen.map((call) => call.split(".")[1])).toEqual(ids);
  });
});

test("the tree is walked by keys, and looked through", async ({ app, profile, hindcast }) => {
  await app.openFile(await recordShop(profile, hindcast));
  const { calls } = app;
  await calls.show();
  await calls.ask("Tree");
  await expect(calls.node("discountOf")).toBeVisible();
  // What asks and what answers.
  await expect(calls.nodes.filter({ has: app.page.getByText("GET", { exact: true }) })).toHaveCount(2);
  await calls.node("checkOut").click();
  await app.press("ArrowLeft");
  await expect(calls.node("discountOf")).toHaveCount(0);
  await expect(calls.node("checkOut")).toHaveAttribute("aria-expanded", "false");
  await app.press("ArrowRight", "ArrowRight");
  await expect(calls.node("totalOf")).toHaveAttribute("aria-selected", "true");
  await calls.region.getByRole("searchbox").fill("weight");
  await expect(calls.node("weightOf")).toBeVisible();
  await expect(calls.node("totalOf")).toHaveCount(0);
  await calls.region.getByRole("searchbox").fill("nothing has this name");
  await expect(calls.region.getByText("No function matches")).toBeVisible();
});

test("without calls both say how to get them, and without sources how these are kept", async ({
  app,
  profile,
  hindcast,
}) => {
  await app.openSample();
  await app.source.show();
  await expect(app.source.region.getByText("No sources were recorded")).toBeVisible();
  await expect(app.source.region.getByText("hindcast run --level calls -- node app.js")).toBeVisible();
  await app.calls.show();
  await app.press("Home");
  await expect(app.calls.region.getByText("No calls were recorded")).toBeVisible();
  await expect(app.calls.region.getByText("hindcast run --level calls -- node app.js")).toBeVisible();

  await app.openFile(await recordShop(profile, hindcast, "--sources", "off"));
  await app.calls.show();
  await app.calls.ask("Tree");
  await app.calls.node("discountOf").dblclick();
  await expect(app.source.region.getByText("The text of this file was not recorded")).toBeVisible();
  await expect(app.source.call).toContainText("discountOf");
});

for (const theme of themes)
  test.describe(`in the ${theme} theme`, () => {
    test.use({ colorScheme: theme });
    test("axe finds nothing serious in Calls and Source", async ({ app, profile, hindcast }) => {
      await app.openFile(await recordShop(profile, hindcast));
      await app.source.show();
      await expect(app.source.files).toHaveCount(1);
      await expectAccessible(app, "source");
      await app.calls.show();
      await app.calls.ask("Tree");
      await app.calls.node("discountOf").dblclick();
      await expect(app.source.call).toContainText("threw");
      await expectAccessible(app, "calls");
      await expectAccessible(app, "source");
      await app.source.call.getByRole("button", { name: "Go to start" }).click();
      await app.calls.ask("At the playhead");
      await expect(app.calls.frames.first()).toBeVisible();
      await expectAccessible(app, "calls");
    });
  });
