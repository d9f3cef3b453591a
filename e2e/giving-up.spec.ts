// What takes long says so after half a second and can be stopped after two: the engine is held up by stopping its process,
// and let go on again.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "./fixtures.js";

async function engineOf(host: number | undefined): Promise<number> {
  const { stdout } = await promisify(execFile)("pgrep", ["-f", "-P", String(host), "engine-process"]);
  return Number(stdout.trim());
}

test.skip(({ host }) => host === "electron" || process.platform === "win32", "needs a process that can be stopped");

test("a recording that does not open can be given up, and opened again", async ({ app, running }) => {
  await app.whenIdle();
  const engine = await engineOf(running.pid);
  const opening = app.page.getByRole("main", { name: "Opening" });
  process.kill(engine, "SIGSTOP");
  try {
    await app.samples.first().click();
    await expect(opening.getByRole("status")).toContainText("ledger-first");
    await expect(opening.getByRole("progressbar")).toBeVisible();
    const bar = await opening.getByRole("progressbar").boundingBox();
    const cancel = opening.getByRole("button", { name: "Cancel" });
    await cancel.waitFor();
    expect(await opening.getByRole("progressbar").boundingBox(), "nothing moves").toEqual(bar);
    await cancel.press("Enter");
    await expect(opening.getByRole("status")).toContainText("Stopped");
    await expect(opening.getByRole("button", { name: "Try again" })).toBeFocused();
  } finally {
    process.kill(engine, "SIGCONT");
  }
  await app.page.keyboard.press("Enter");
  await expect(app.recordingState).toContainText("SAVED");
});

test("a pane that waits can be stopped, says that it is older, and reads again", async ({ app, running }) => {
  await app.whenIdle();
  await app.openSample();
  await app.time.goTo("+5s");
  const before = (await app.state.row("changes").textContent()) ?? "";
  await app.time.goTo("+10s");
  const after = (await app.state.row("changes").textContent()) ?? "";
  expect(after).not.toBe(before);
  await app.time.goTo("+5s");

  const engine = await engineOf(running.pid);
  const note = app.state.region.locator(".progress");
  process.kill(engine, "SIGSTOP");
  try {
    await app.page.keyboard.press("g");
    await app.dialog.getByRole("textbox").fill("+10s");
    await app.page.keyboard.press("Enter");
    await expect(note.getByRole("status")).toContainText("Reading state");
    await note.getByRole("button", { name: "Cancel" }).press("Enter");
    await expect(note.getByRole("status")).toContainText("Stopped. What is shown may be older.");
    await expect(app.state.row("changes")).toHaveText(before);
    await expect(app.state.region, "the keyboard stays in its pane").toBeFocused();
  } finally {
    process.kill(engine, "SIGCONT");
  }
  await note.getByRole("button", { name: "Try again" }).press("Enter");
  await expect(app.state.row("changes")).toHaveText(after);
  await expect(note).toHaveCount(0);
});
