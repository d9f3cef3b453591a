// A recording that another Hindcast makes is read while it grows: the window says so, offers nothing that is done there, and follows it when
// the engine there is killed and when the recording ends.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "./fixtures.js";

const commandLine = fileURLToPath(new URL("../out/node/cli.js", import.meta.url));
const ticks =
  "let n = 0; setInterval(() => console.log(`tick ${++n}`), 50); process.stdin.resume().on('end', () => process.exit());";

test("what another Hindcast records is read and followed here", { tag: "@live" }, async ({ app, profile }) => {
  test.skip(process.platform === "win32", "needs POSIX processes");
  const path = join(profile.folder, "elsewhere.hindcast");
  const recorder = spawn(process.execPath, [commandLine, "record", "-o", path, "--", process.execPath, "-e", ticks], {
    cwd: profile.folder,
    env: profile.env,
    stdio: ["pipe", "pipe", "ignore"],
  });
  try {
    await app.whenIdle();
    await app.openLive(path);
    const elsewhere = app.page.getByText("recorded elsewhere");
    await expect(elsewhere).toBeVisible();
    await expect(app.page.getByRole("button", { name: "What is captured" })).toHaveCount(0);
    const lines = () => app.logs.lines.last().textContent();
    const first = await lines();
    await expect.poll(lines).not.toBe(first);

    await test.step("its engine is killed: the next one there goes on, and so does the page", async () => {
      const { stdout } = await promisify(execFile)("pgrep", ["-P", String(recorder.pid), "-f", "engine"]);
      process.kill(Number(stdout.trim().split("\n")[0]), "SIGKILL");
      const before = await lines();
      await expect.poll(lines, { timeout: 30_000 }).not.toBe(before);
      await expect(app.recordingState).toContainText("LIVE");
      await expect(elsewhere).toBeVisible();
    });

    await test.step("it ends there: it is a saved one here", async () => {
      recorder.stdin.end();
      await once(recorder, "exit");
      expect(recorder.exitCode).toBe(0);
      await expect(app.recordingState).toContainText("SAVED", { timeout: 30_000 });
      await expect(elsewhere).toHaveCount(0);
    });
  } finally {
    recorder.kill();
  }
});
