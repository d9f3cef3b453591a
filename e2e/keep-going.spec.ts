// What survives: a reload comes back to the same place, and an engine that dies is replaced without anybody's help.
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "./fixtures.js";
import { App } from "./pages/app.js";

test("a reload comes back to the same recording and the very same write", async ({ app }) => {
  await app.whenIdle();
  await app.openSample();
  await app.time.goTo("+10s");
  await app.press("ArrowRight", "ArrowRight", "ArrowRight");
  const write = await app.state.lastWrite.textContent();
  const now = await app.time.now.textContent();
  expect(write).toContain("changed now");
  await expect(app.page).toHaveURL(/[#&]record=/);
  // The address is written a moment after the last step: it ends in the nanoseconds that the playhead shows.
  const nanoseconds = now?.slice(-11).replaceAll(/\D/g, "") ?? "";
  await expect(app.page).toHaveURL(new RegExp(`${nanoseconds}(?:&|$)`));

  // The link's token was used up by the first visit: what lets the page in again is the session's cookie.
  expect(new URL(app.page.url()).searchParams.has("token")).toBe(false);
  await app.page.reload();
  await app.state.tree.waitFor();
  await app.whenIdle();
  await expect(app.time.now).toHaveText(now ?? "");
  await expect(app.state.lastWrite).toHaveText(write ?? "");
  await app.press("ArrowRight");
  await expect(app.time.now).not.toHaveText(now ?? "");
  await expect(app.state.lastWrite).toContainText("changed now");
});

test("a reload shows the same stretch of time and the same selected value", async ({ app }) => {
  await app.whenIdle();
  await app.openSample();
  await app.time.goTo("+10s");
  await app.press("Control+2", "+", "+");
  await app.press("Control+1", "0");
  await app.state.expand("accounts");
  await app.state.expand("accounts.acc_1001");
  await app.state.select("accounts.acc_1001.balance");
  const notes = [app.lanes.region, app.metrics.region].map((region) => region.locator("header .note"));
  const shown = await Promise.all(notes.map((note) => note.textContent()));
  const history = await app.state.history.textContent();
  await expect(app.page).toHaveURL(/[#&]value=accounts\.acc_1001\.balance/);

  await app.page.reload();
  await app.state.tree.waitFor();
  await app.whenIdle();
  for (const [index, note] of notes.entries()) await expect(note).toHaveText(shown[index] ?? "");
  await expect(app.state.row("accounts.acc_1001.balance")).toHaveAttribute("aria-selected", "true");
  await expect(app.state.history).toHaveText(history ?? "");
});

test("a page that crashes comes back to where it was, with every recording that was open", async ({
  app,
  context,
  host,
}) => {
  test.skip(host !== "browser", "the desktop app reloads its page by itself");
  await app.whenIdle();
  // Of its own: what crashed is no use to what comes after a test.
  const page = await context.newPage();
  const other = new App(page);
  await page.goto(app.page.url());
  await other.whenIdle();
  await other.openSample();
  await other.openFile(fileURLToPath(new URL("../recordings/ledger-slow-dependency.hindcast", import.meta.url)));
  await expect(other.topBar).toContainText("ledger-slow-dependency +1");
  await other.time.goTo("+12s");
  await other.state.select("changes");
  await other.logs.filterBy("entry");
  await other.whenIdle();
  const shown = `[...document.querySelectorAll("[data-testid=playhead-time], header.topbar, [aria-label^='History of']")]
    .map((one) => one.textContent).concat(document.querySelector("[data-pane=logs] input[type=search]")?.value).join("|")`;
  const session = await context.newCDPSession(page);
  const look = async () => {
    const { result } = await session.send("Runtime.evaluate", { expression: shown });
    return String(result.value);
  };
  await expect(page).toHaveURL(/logs=entry/);
  const before = await look();
  expect(before).toMatch(/\|entry$/);

  const crashed = page.waitForEvent("crash");
  void session.send("Page.crash").catch(() => "is the answer of what crashed");
  await crashed;
  // As somebody does who finds a page that crashed; Playwright itself lets go of it.
  await session.send("Page.reload");
  await expect.poll(look).toBe(before);
});

/** `00:42` and `1:12:08` as numbers that grow. */
const digitsOf = (text: string) => Number(text.replace(/\D/g, ""));

async function killEngineOf(host: number | undefined): Promise<void> {
  const { stdout } = await promisify(execFile)("pgrep", ["-f", "-P", String(host), "engine-process"]);
  process.kill(Number(stdout.trim()), "SIGKILL");
}

test.describe("when the engine is killed", () => {
  test.use({ expectedComplaints: /WebSocket connection/ });

  test("the window says so, comes back by itself and goes on where it was", async ({ app, running }) => {
    test.skip(running.pid === undefined || process.platform === "win32", "needs the serve host and POSIX processes");
    await app.whenIdle();
    await app.openSample();
    await app.time.goTo("+10s");
    const changes = await app.state.row("changes").textContent();
    await killEngineOf(running.pid);

    await expect(app.banner).toContainText("The engine cannot be reached.");
    await expect(app.banner).toHaveCount(0);
    await app.whenIdle();
    await expect(app.state.row("changes")).toHaveText(changes ?? "");
    await app.time.goTo("+15s");
    await expect(app.state.row("changes")).not.toHaveText(changes ?? "");
    await expect(app.failures).toHaveCount(0);
  });

  test("a live recording goes on, and the page keeps its place in it", { tag: "@live" }, async ({ app, running }) => {
    test.skip(running.pid === undefined || process.platform === "win32", "needs the serve host and POSIX processes");
    await app.whenIdle();
    await app.recordLedger();
    await app.state.tree.waitFor();
    const lengths = async () => digitsOf((await app.recordingState.textContent()) ?? "");
    await expect.poll(lengths).toBeGreaterThan(2);
    await app.page.keyboard.press("Space");
    await app.state.expand("accounts");
    await app.state.select("accounts");
    const now = await app.time.now.textContent();
    const rows = await app.state.rows();
    const before = await lengths();

    await killEngineOf(running.pid);
    await expect(app.banner).toContainText("The engine cannot be reached.");
    await expect(app.banner).toHaveCount(0);
    await expect(app.recordingState).toContainText("LIVE");
    await expect.poll(lengths).toBeGreaterThan(before + 2);
    await app.whenIdle();
    await expect(app.time.now).toHaveText(now ?? "");
    await expect(app.state.row("accounts")).toHaveAttribute("aria-expanded", "true");
    await expect(app.state.row("accounts")).toHaveAttribute("aria-selected", "true");
    expect(await app.state.rows()).toEqual(rows);
    await expect(app.failures).toHaveCount(0);
  });
});

test.describe("a file that cannot be opened", () => {
  test("is named, with what to do next, and the welcome page stays usable", async ({ app, profile }) => {
    await app.whenIdle();
    const missing = join(profile.folder, "missing.hindcast");
    await app.openFile(missing);
    await expect(app.failures).toContainText(`There is no file ${missing}.`);
    await expect(app.failures).toContainText("Check the path");

    const text = join(profile.folder, "text.hindcast");
    await writeFile(text, "this was never a recording\n".repeat(1000));
    await app.openFile(text);
    await expect(app.failures).toContainText(`${text} is not a Hindcast recording.`);
    await expect(app.failures).toContainText("Make one: hindcast record");

    await app.openSample();
    await expect(app.failures).toHaveCount(0);
    await expect(app.recordingState).toContainText("SAVED");
  });
});
