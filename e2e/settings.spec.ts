// What is chosen for the whole window: it counts everywhere at once, and is there in the next window, whatever host that is in.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, startServer, test } from "./fixtures.js";
import { App } from "./pages/app.js";

/** Half an hour off, so that minutes differ, too. */
test.use({ timezoneId: "Asia/Kolkata" });

/** Hours and minutes of every clock on the page, in names and tooltips as well, and the minutes of the rows of the logs. */
async function clocksOf(app: App): Promise<{ readonly hours: readonly string[]; readonly minutes: readonly string[] }> {
  const texts = await app.page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("body *")]
      .filter((element) => element.closest("[data-pane=state]") === null)
      .flatMap((element) => [
        ...[...element.childNodes].map((node) => (node instanceof Text ? node.data : "")),
        ...["title", "aria-label", "aria-valuetext"].map((name) => element.getAttribute(name) ?? ""),
      ]),
  );
  const hours = texts.flatMap((text) =>
    [...text.matchAll(/(?<!\d|T)(\d\d:\d\d):\d\d(?!\d)/g)].map(([, hour]) => hour ?? ""),
  );
  const minutes = await app.logs.list.locator(".time").allTextContents();
  return { hours: [...new Set(hours)].sort(), minutes: [...new Set(minutes.map((text) => text.slice(0, 2)))].sort() };
}

test("the time zone is that of every clock and of what is typed", async ({ app }) => {
  await app.whenIdle();
  await app.openSample();
  const recordedAt = () => BigInt(new URLSearchParams(new URL(app.page.url()).hash.slice(1)).get("at") ?? 0);
  await app.time.goTo("+10s");
  const minutesOf = (shiftMinutes: number) =>
    new Date(Number(recordedAt() / 1_000_000n) + shiftMinutes * 60_000).toISOString().slice(11, 16);
  const [own, utc] = [minutesOf(330), minutesOf(0)];
  expect(await clocksOf(app)).toEqual({ hours: [own], minutes: [own.slice(3)] });

  await app.press("Control+,");
  await app.dialog.getByText("UTC", { exact: true }).click();
  const { violations } = await new AxeBuilder({ page: app.page }).include("[role=dialog]").analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await app.press("Escape");
  await expect(app.dialog).toHaveCount(0);
  expect(await clocksOf(app)).toEqual({ hours: [utc], minutes: [utc.slice(3)] });
  await expect(app.time.region).toContainText("UTC");

  const wanted = new Date(Number(recordedAt() / 1_000_000n) + 3000).toISOString().slice(11, 19);
  await app.time.goTo(wanted);
  await expect(app.time.now).toHaveText(`${wanted}.000\u2009000\u2009000`);
});

test("what is chosen is there in another host on another port, until it is reset", async ({
  app,
  profile,
  browser,
}) => {
  await app.whenIdle();
  const capture = (where: App) =>
    where.page.getByRole("form", { name: "Run a program" }).getByRole("radio", { name: "Metrics" });
  await expect(capture(app)).not.toBeChecked();
  await app.runCommand("settings");
  await app.dialog.getByRole("radiogroup", { name: "Theme" }).getByText("Light").click();
  await app.dialog.getByRole("radiogroup", { name: "Capture" }).getByText("Metrics").click();
  await app.dialog.getByRole("combobox", { name: "Code opens in" }).selectOption("custom");
  await app.dialog.getByRole("textbox", { name: "Command of the editor" }).fill("zed {file}:{line}");
  await app.press("Escape");
  await expect(capture(app)).toBeChecked();
  await app.whenIdle();

  const server = await startServer(profile);
  const page = await browser.newPage();
  try {
    await page.goto(server.url);
    const other = new App(page);
    await other.whenIdle();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
    await expect(capture(other)).toBeChecked();
    await page.getByRole("button", { name: "Settings", exact: true }).click();
    await expect(other.dialog.getByRole("textbox", { name: "Command of the editor" })).toHaveValue("zed {file}:{line}");
    await other.dialog.getByRole("button", { name: "Reset" }).click();
    await expect(other.dialog.getByRole("combobox", { name: "Code opens in" })).toHaveValue("vscode");
    await other.press("Escape");
    await expect(capture(other)).not.toBeChecked();
    await other.whenIdle();
  } finally {
    await page.close();
    await server.stop();
  }
  await app.page.reload();
  await app.whenIdle();
  await expect(capture(app)).not.toBeChecked();
});

test("lists that open from a button with a tooltip open and close by pointer and by key", async ({ app }) => {
  await app.whenIdle();
  await app.openSample();
  const choose = app.metrics.region.getByRole("button", { name: "Choose series" });
  const search = app.page.getByRole("searchbox", { name: "Find a series" });
  await choose.click();
  await expect(search).toBeFocused();
  await app.press("Escape");
  await expect(choose).toBeFocused();
  await app.press("Enter");
  await expect(search).toBeFocused();
  await app.press("Escape");
  await expect(search).toBeHidden();
});
