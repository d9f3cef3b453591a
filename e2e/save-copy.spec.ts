// A copy of what is being recorded, taken without stopping it: opened, it shows what the program had.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "./fixtures.js";
import { knownInstants } from "./oracle.js";
import { clockTextOf } from "./pages/time-ruler.js";

test.skip(({ host }) => host === "electron", "the desktop app asks for the path in a native dialog");

test(
  "a copy of a live recording opens with the same state at an instant",
  { tag: "@live" },
  async ({ app, oracle, profile }) => {
    test.setTimeout(120_000);
    await app.whenIdle();
    await app.recordLedger();
    await expect(app.recordingState).toContainText("LIVE");
    await expect.poll(async () => (await oracle().catch(() => [])).length, { timeout: 30_000 }).toBeGreaterThan(60);
    const [known] = knownInstants((await oracle()).slice(20, 50), 1);
    if (known === undefined) throw new Error("the demo was never quiet");

    const path = join(profile.folder, "copy.hindcast");
    const field = app.dialog.getByRole("textbox");
    await app.press("Control+Shift+S");
    await expect(field).toHaveValue(/recordings.server-\d{8}-\d{6}\.hindcast$/);
    await field.fill(path);
    // Not waiting until all is quiet: a live recording seldom is, and the message goes after a while.
    await app.page.keyboard.press("Enter");
    await expect(app.page.getByText(`Copy saved: ${path}`)).toBeVisible();
    await expect(app.dialog).toHaveCount(0);
    await expect(app.recordingState).toContainText("LIVE");

    await test.step("a file of that name is replaced only when that is said", async () => {
      await app.runCommand("Save a copy");
      await field.fill(path);
      await app.press("Enter");
      await expect(app.dialog.getByRole("alert")).toContainText("exists already");
      const { ino } = await stat(path);
      await app.dialog.getByRole("button", { name: "Replace it" }).press("Enter");
      await expect(app.dialog).toHaveCount(0);
      expect((await stat(path)).ino, "another file").not.toBe(ino);
    });

    await app.openFile(path);
    await expect(app.recordingState).toContainText("SAVED");
    await app.time.goTo(String(known.instant));
    await expect(app.time.now).toHaveText(clockTextOf(known.instant));
    await expect(app.state.row("changes").locator(".values")).toHaveText(String(known.line.changes));
  },
);
