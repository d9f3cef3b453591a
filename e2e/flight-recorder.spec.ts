// A recording with a limit, started in the window: the oldest makes room, a stretch that is kept stays, and what was evicted
// is told where one looks.
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "./fixtures.js";

const ticking = `
import { event, track } from "hindcast";
const ticks = track("ticks", { n: 0 });
setInterval(() => {
  ticks.n++;
  event("tick", { n: ticks.n });
}, 20);
`;

test(
  "keeps a stretch while everything around it is evicted, live, stopped and opened again",
  { tag: "@live" },
  async ({ app, profile }) => {
    await writeFile(join(profile.folder, "ticking.mjs"), ticking);
    await app.whenIdle();
    const field = (name: string) => app.welcome.getByRole("textbox", { name });
    await field("Command").fill(`"${process.execPath.replaceAll("\\", "/")}" ticking.mjs`);
    await field("Folder").fill(profile.folder);
    await field("At least the last").fill("soon");
    await field("At least the last").press("Enter");
    await expect(app.welcome.getByRole("alert")).toContainText("A time from 1s to 3650d");
    await field("At least the last").fill("8s");
    await field("At least the last").press("Enter");

    const seconds = async () => {
      const [, minutes, rest] = /(\d+):(\d+)$/.exec((await app.recordingState.getAttribute("aria-label")) ?? "") ?? [];
      return 60 * Number(minutes) + Number(rest);
    };
    const ticksShown = () => app.state.row("n").locator(".values").textContent();
    await expect.poll(seconds).toBeGreaterThanOrEqual(2);
    await app.time.goTo("+1s");
    await app.press("i");
    await app.time.goTo("+2s");
    await app.press("o", "k");
    await app.dialog.getByRole("textbox", { name: "Label" }).fill("the incident");
    await app.confirm();
    await expect(app.time.kept).toHaveAccessibleName(/^Kept: the incident/);
    await app.time.goTo("+1.5s");
    const [now, ticks] = [await app.time.now.textContent(), await ticksShown()];
    expect(Number(ticks)).toBeGreaterThan(10);

    await expect.poll(seconds, { timeout: 60_000 }).toBeGreaterThanOrEqual(13);
    const expectKept = async () => {
      await app.whenIdle();
      await expect(app.time.kept).toHaveAccessibleName(/^Kept: the incident/);
      // Before it, and between it and the newest.
      await expect(app.time.evicted).toHaveCount(2);
      await expect(app.time.evicted.last()).toHaveAccessibleName(/records evicted here to keep the recording within/);
      await expect(app.time.now).toHaveText(now ?? "");
      await expect(app.state.row("n").locator(".values")).toHaveText(ticks ?? "");
    };
    await expectKept();

    await test.step("what is gone says so, and leads to what is known", async () => {
      await app.time.goTo("+3.5s");
      await expect(app.state.region).toContainText("The state of this time was evicted");
      await expect(app.lanes.region).toContainText(/This instant was evicted .* Kept again from \d/);
      const goThere = app.state.region.getByRole("button", { name: "Go there" });
      // The oldest that is kept goes next: on a busy machine it has gone by the time one is there, and one is led on.
      await expect(async () => {
        if (await goThere.isVisible()) await goThere.click({ timeout: 1000 });
        await expect(app.state.row("n")).toBeVisible({ timeout: 2000 });
      }).toPass();
      await app.press("Home");
      await expect(app.time.fromStart).toContainText("+1.");
      expect(Number(await ticksShown())).toBeLessThan(Number(ticks));
      await app.runCommand("Kept stretches");
      await expect(app.dialog).toContainText("the incident");
      await app.press("Escape");
    });

    await test.step("and so does the recording that it becomes", async () => {
      await app.time.goTo("+1.5s");
      await app.stopRecording();
      await expectKept();
      await app.runCommand("Back to the welcome page");
      const folder = join(profile.env["XDG_DATA_HOME"] ?? "", "hindcast", "recordings");
      const [file = ""] = await readdir(folder);
      await app.openFile(join(folder, file));
      await app.time.kept.click();
      // It begins with what is kept.
      await app.time.goTo("+0.5s");
      await expectKept();
    });
  },
);
