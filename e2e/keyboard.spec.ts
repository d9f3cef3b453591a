// The keyboard alone is enough: every control is reached, named and seen to be focused, and the keys of the help sheet
// do what it says.
import type { Page } from "@playwright/test";
import * as v from "valibot";
import { expect, test } from "./fixtures.js";
import type { App } from "./pages/app.js";
import { clockTextOf } from "./pages/time-ruler.js";

const dated = v.object({ instant: v.string() });

/** Where the playhead is, as the address says it a moment later. */
async function keptInstant(app: App): Promise<string> {
  const shown = await app.time.now.textContent();
  const kept = () => new URLSearchParams(new URL(app.page.url()).hash.slice(1)).get("at") ?? "0";
  await expect.poll(() => clockTextOf(BigInt(kept()))).toBe(shown);
  return kept();
}

interface Stop {
  readonly what: string;
  readonly name: string;
  readonly isSeen: boolean;
}

/** Presses Tab until the focus has been around, and tells each place it stood at. */
async function tabAround(page: Page): Promise<readonly Stop[]> {
  const stops: Stop[] = [];
  for (;;) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      // Between the last control and the first the focus leaves the page.
      if (!(element instanceof HTMLElement) || element === document.body) return "outside";
      if ("stop" in element.dataset) return "been here";
      element.dataset["stop"] = "";
      const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : [];
      const name = element.ariaLabel ?? (labels.map((label) => label.textContent).join(" ") || element.textContent);
      // A control may leave its outline to the box around it, as the search fields do.
      const boxes = [element, element.parentElement, element.parentElement?.parentElement];
      const isSeen = boxes.some((box) => {
        if (box === null || box === undefined) return false;
        const style = getComputedStyle(box);
        const isOutlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
        return isOutlined && (box === element ? element.matches(":focus-visible") : box.matches(":focus-within"));
      });
      return { what: `${element.tagName} ${element.role ?? ""} ${element.className}`, name: name.trim(), isSeen };
    });
    if (stop === "been here") return stops;
    if (stop !== "outside") stops.push(stop);
  }
}

const faulty = (stops: readonly Stop[]) => stops.filter(({ name, isSeen }) => name === "" || !isSeen);

test("Tab reaches every control of the welcome page; each has a name and shows its focus", async ({ app }) => {
  await app.whenIdle();
  const stops = await tabAround(app.page);
  expect(faulty(stops)).toEqual([]);
  const names = stops.map(({ name }) => name).join("\n");
  for (const wanted of [
    /Run a command/,
    /Record the demo/,
    /Command/,
    /Open the sample/,
    /Open file/,
    /theme/,
    /Keyboard help/,
  ])
    expect(names).toMatch(wanted);
});

test("Tab reaches every control of a recording; each has a name and shows its focus", async ({ app }) => {
  await app.whenIdle();
  await app.openSample();
  await app.time.goTo("+10s");
  await app.state.select("changes");
  await app.lanes.plot.focus();
  await app.press("Enter");
  const stops = await tabAround(app.page);
  expect(faulty(stops)).toEqual([]);
  const reached = new Set(stops.map(({ name }) => name));
  const buttons = await app.page
    .locator("button:visible:not([tabindex='-1']):not(:disabled)")
    .evaluateAll((all) => all.map((one) => (one.ariaLabel ?? one.textContent).trim()));
  expect(buttons.filter((name) => !reached.has(name))).toEqual([]);
  expect(stops.length).toBeGreaterThan(30);
});

test("from the sample to a value's history and back without a pointer", async ({ app }) => {
  const { page } = app;
  await app.whenIdle();
  await app.samples.first().waitFor();
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    if (await app.samples.first().evaluate((one) => one === document.activeElement)) break;
  }
  await page.keyboard.press("Enter");
  await app.state.tree.waitFor();
  await app.whenIdle();

  await page.keyboard.press("g");
  await page.keyboard.type("+10s");
  await app.press("Enter");
  await expect(app.time.fromStart).toHaveText("+10.000 from start");
  await app.press("ArrowRight");
  await expect(app.state.lastWrite).toContainText("changed now");
  const stepped = (await app.time.now.textContent()) ?? "";

  // State's tree: to the accounts, into the first, to its balance.
  await app.press("Control+4");
  await expect(app.state.tree).toBeFocused();
  await app.press("Home");
  for (let i = 0; i < 20; i++) {
    if ((await app.state.row("accounts").getAttribute("aria-selected")) === "true") break;
    await app.press("ArrowDown");
  }
  // The second press comes before the rows that the first asked for; it must not close what that opened.
  await app.press("ArrowRight", "ArrowRight");
  await expect(app.state.row("accounts")).toHaveAttribute("aria-expanded", "true");
  await app.press("Home");
  for (let i = 0; i < 20; i++) {
    if ((await app.state.row("accounts.acc_1001").getAttribute("aria-selected")) === "true") break;
    await app.press("ArrowDown");
  }
  await app.press("ArrowRight");
  await expect(app.state.row("accounts.acc_1001")).toHaveAttribute("aria-expanded", "true");
  await app.press("ArrowDown", "ArrowDown", "ArrowDown");
  await expect(app.state.row("accounts.acc_1001.balance")).toHaveAttribute("aria-selected", "true");
  await expect(app.state.history).toContainText(/\d+ writes/);

  // `w` goes to its last writer, Alt and the arrow back to where that jump began.
  await app.press("Escape", "w");
  await expect(app.state.row("accounts.acc_1001.balance")).toContainText("changed now");
  await expect(app.state.lastWrite).toContainText("accounts.acc_1001.balance");
  await app.press("Alt+ArrowLeft");
  await expect(app.time.now).toHaveText(stepped);

  await app.runCommand("back to the welcome");
  await expect(app.welcome).toBeVisible();
});

test("left and right stay with the row that has the focus, until Escape gives them back to time", async ({ app }) => {
  await app.whenIdle();
  await app.openSample();
  await app.time.goTo("+10s");
  const at10 = (await app.time.now.textContent()) ?? "";
  const staysAfter = async (...keys: string[]) => {
    await app.press(...keys);
    await expect(app.time.now).toHaveText(at10);
  };
  const movesAfter = async (...keys: string[]) => {
    await app.press(...keys);
    await expect(app.time.now).not.toHaveText(at10);
    await app.time.goTo("+10s");
    await expect(app.time.now).toHaveText(at10);
  };
  const { state, logs } = app;

  // State's tree: a leaf without a parent on screen, and a branch that is closed already.
  await app.press("Control+4", "Home");
  for (const path of ["changes", "accounts"]) {
    for (let i = 0; i < 20 && (await state.row(path).getAttribute("aria-selected")) !== "true"; i++)
      await app.press("ArrowDown");
    await expect(state.row(path)).toHaveAttribute("aria-selected", "true");
    if (path === "changes") await staysAfter("ArrowRight");
    await staysAfter("ArrowLeft");
    await app.press("Home");
  }
  // A branch opened by the pointer: the keyboard stays in the tree.
  await state.row("accounts").click();
  await state.expand("accounts");
  await expect(state.tree).toBeFocused();
  await staysAfter("ArrowLeft");
  await expect(state.row("accounts")).toHaveAttribute("aria-expanded", "false");

  // The writes of the value, and what changed with the last one.
  await state.select("changes");
  await state.history.getByRole("listbox").focus();
  await staysAfter("ArrowDown", "ArrowRight", "ArrowLeft");
  await state.show("Diff");
  await state.region.getByRole("listbox", { name: "Changes" }).focus();
  await staysAfter("ArrowDown", "ArrowRight", "ArrowLeft");
  await state.show("Tree");

  // A log line: closed, opened, closed again.
  await app.press("Control+3", "ArrowUp");
  await staysAfter("ArrowLeft");
  await staysAfter("ArrowRight", "ArrowRight");
  await expect(logs.list.locator(".row:has(.line) button[aria-label='Close details']")).toHaveCount(1);
  await staysAfter("ArrowLeft", "ArrowLeft");

  await movesAfter("Escape", "ArrowRight");
  await app.press("Control+4");
  await movesAfter("Escape", "ArrowLeft");
});

test("the keys of the help sheet do what it says", async ({ app }) => {
  await app.whenIdle();
  await app.openSample();
  const { time, page } = app;
  await app.press("?");
  await expect(app.dialog).toContainText("Step forward in the same process");
  await app.press("Escape");
  await expect(app.dialog).toHaveCount(0);

  await time.goTo("+10s");
  const at10 = (await time.now.textContent()) ?? "";
  const nowAfter = async (...keys: string[]) => {
    await app.press(...keys);
    return (await time.now.textContent()) ?? "";
  };
  const first = await nowAfter("ArrowRight");
  const second = await nowAfter("ArrowRight");
  expect([first > at10, second > first]).toEqual([true, true]);
  expect(await nowAfter("ArrowLeft")).toBe(first);
  expect((await nowAfter("ArrowLeft")) <= at10).toBe(true);
  expect(await nowAfter("Shift+ArrowRight", "Shift+ArrowRight")).toBe(second);
  expect(await nowAfter("Shift+ArrowLeft")).toBe(first);

  await app.press("e");
  await expect(time.region.getByRole("radio", { name: "Event" })).toBeChecked();
  await app.press("e");
  await expect(time.region.getByRole("radio", { name: "Write" })).toBeChecked();

  await app.press("Home");
  await expect(time.fromStart).toHaveText("+0.000 from start");
  await app.press("End");
  const atEnd = (await time.now.textContent()) ?? "";
  expect(atEnd > at10).toBe(true);
  await app.press("Alt+ArrowLeft");
  await expect(time.fromStart).toHaveText("+0.000 from start");
  await app.press("Alt+ArrowRight");
  await expect(time.now).toHaveText(atEnd);

  await time.goTo("+5s");
  await app.press("i");
  await time.goTo("+8s");
  await app.press("o");
  await expect(time.region).toContainText("3 s");
  const note = app.metrics.region.locator("header .note");
  const whole = await note.textContent();
  await app.press("z");
  await expect(note).toContainText("· 3 s");
  await app.press("+");
  await expect(note).toContainText("· 1.5 s");
  await app.press("-");
  await expect(note).toContainText("· 3 s");
  await app.press("0");
  await expect(note).toHaveText(whole ?? "");
  await app.press("Escape");
  await expect(time.region.getByRole("button", { name: "Clear the selection" })).toHaveCount(0);

  await app.press(">");
  await expect(time.region.getByRole("button", { name: "Speed 2×" })).toBeVisible();
  await app.press("<", "<");
  await expect(time.region.getByRole("button", { name: "Speed 0.5×" })).toBeVisible();
  await page.keyboard.press("Space");
  await expect(time.region.getByRole("button", { name: "Pause" })).toBeVisible();
  await expect.poll(async () => await time.fromStart.textContent()).not.toBe("+8.000 from start");
  await page.keyboard.press("Space");
  await expect(time.region.getByRole("button", { name: "Play", exact: true })).toBeVisible();

  for (const [key, pane] of [
    ["Control+1", "lanes"],
    ["Control+2", "metrics"],
    ["Control+3", "logs"],
    ["Control+4", "state"],
  ] as const) {
    await app.press(key);
    await expect(page.locator(`[data-pane=${pane}]:focus-within, [data-pane=${pane}]:focus`)).toHaveCount(1);
  }
  await app.press("F6");
  await expect(page.locator("[data-pane=state]:focus-within")).toHaveCount(0);
  await app.press("Shift+F6");
  await expect(page.locator("[data-pane=state]:focus-within")).toHaveCount(1);

  const follow = app.metrics.region.getByRole("button", { name: "Follow the playhead" });
  const before = await follow.getAttribute("aria-pressed");
  await app.press("Control+2", "f");
  await expect(follow).not.toHaveAttribute("aria-pressed", before ?? "");

  for (const [pane, region] of [
    ["Control+1", app.lanes.region],
    ["Control+2", app.metrics.region],
  ] as const) {
    const shown = region.locator("header .note");
    await time.goTo("+10s");
    await app.press(pane, "+", "+", "+");
    const unmoved = (await shown.textContent()) ?? "";
    await app.press("Control+ArrowLeft");
    await expect(shown).not.toHaveText(unmoved);
  }

  await app.logs.filterBy("insufficient");
  await expect(app.logs.lines.first()).toContainText("insufficient");
  await app.press("Control+3", "Home");
  await app.press("s");
  await expect(app.lanes.details).toContainText(/(GET|POST|DELETE) \//);
});

test("go to time takes offsets, ISO times and epoch nanoseconds, and says what is wrong with anything else", async ({
  app,
}) => {
  await app.whenIdle();
  await app.openSample();
  await app.time.goTo("+1.5s");
  await expect(app.time.fromStart).toHaveText("+1.500 from start");
  const kept = () => BigInt(new URLSearchParams(new URL(app.page.url()).hash.slice(1)).get("at") ?? 0);
  // The address follows the playhead a moment later.
  const shown = await app.time.now.textContent();
  await expect.poll(() => clockTextOf(kept())).toBe(shown);
  const later = kept() - 1_500_000_000n + 7_123_456_789n;

  await app.time.goTo(String(later));
  await expect(app.time.now).toHaveText(clockTextOf(later));
  const iso = new Date(Number(later / 1_000_000n)).toISOString().replace("Z", "456789Z");
  const isoInstant = (later / 1_000_000n) * 1_000_000n + 456_789n;
  await app.time.goTo(iso);
  await expect(app.time.now).toHaveText(clockTextOf(isoInstant));

  await app.page.keyboard.press("g");
  await app.page.keyboard.type("half past nine");
  await app.press("Enter");
  await expect(app.dialog).toContainText(
    "half past nine is not a time. Write epoch nanoseconds, an ISO time, or +1.5s",
  );
  await app.press("Escape");
  await expect(app.time.now).toHaveText(clockTextOf(isoInstant));

  await app.runCommand("+2s");
  await expect(app.time.fromStart).toHaveText("+2.000 from start");
});

test("brackets visit the marks, w and Shift+W the writers of the selected value", async ({ app, hindcast }) => {
  await app.whenIdle();
  await app.openSample();
  const file = new URLSearchParams(new URL(app.page.url()).hash.slice(1)).get("file") ?? "";
  const instantsOf = async (...command: string[]) =>
    (await hindcast(...command, "--json"))
      .trim()
      .split("\n")
      .map((line) => BigInt(v.parse(dated, JSON.parse(line)).instant));

  const marks = await instantsOf("marks", file);
  await app.time.goTo("+10s");
  const middle = BigInt(await keptInstant(app));
  const [before, after] = [marks.findLast((at) => at < middle) ?? 0n, marks.find((at) => at > middle) ?? 0n];
  await app.press("[");
  await expect(app.time.now).toHaveText(clockTextOf(before));
  await app.press("]");
  await expect(app.time.now).toHaveText(clockTextOf(after));
  await app.press("]");
  await expect(app.time.now).toHaveText(clockTextOf(after));

  const writes = await instantsOf("history", file, "--scope", "ledger", "--path", "changes");
  const last = writes.findLastIndex((at) => at <= middle);
  await app.time.goTo("+10s");
  await app.state.select("changes");
  await app.press("Escape", "w");
  await expect(app.time.now).toHaveText(clockTextOf(writes[last] ?? 0n));
  await app.press("w");
  await expect(app.time.now).toHaveText(clockTextOf(writes[last - 1] ?? 0n));
  for (const next of [last, last + 1, last + 2]) {
    await app.press("Shift+W");
    await expect(app.time.now).toHaveText(clockTextOf(writes[next] ?? 0n));
    await expect(app.state.row("changes")).toContainText("changed now");
  }
});
