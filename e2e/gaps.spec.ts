// What did not reach the recording is told where one looks: in the top bar that something is missing, on the ruler
// where and why.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { expect, test } from "./fixtures.js";
import { clockTextOf, placeOfPlayhead } from "./pages/time-ruler.js";

const killed = `
import { event } from "hindcast";
for (let i = 0; i < 5; i++) {
  event("tick", { i });
  await new Promise((done) => setTimeout(done, 100));
}
process.kill(process.pid, "SIGKILL");
`;
const mark = v.object({ kind: v.string(), instant: v.string(), since: v.string(), lost: v.number() });

test("a program that was killed leaves a gap that says so", async ({ app, hindcast, profile }) => {
  test.skip(process.platform === "win32", "needs POSIX signals");
  const file = join(profile.folder, "killed.hindcast");
  await writeFile(join(profile.folder, "killed.mjs"), killed);
  // It ends as its program did: not well.
  await expect(hindcast("record", "-o", file, "--", process.execPath, "killed.mjs")).rejects.toThrow();
  const marks = (await hindcast("marks", file, "--json")).trim().split("\n");
  const gaps = marks.map((line) => v.parse(mark, JSON.parse(line))).filter(({ kind }) => kind === "gap");
  expect(gaps.map(({ lost }) => lost)).toEqual([0]);

  await app.whenIdle();
  await app.openFile(file);
  await app.time.now.waitFor();
  await app.whenIdle();
  await expect(app.topBar).toContainText("end unknown");
  await expect(app.time.gaps).toHaveAccessibleName(/Records may be missing here: the connection was lost/);

  const spoken = app.time.marks.getByRole("row").filter({ hasText: "Gap" });
  await expect(spoken.getByRole("cell")).toHaveText([
    clockTextOf(BigInt(gaps[0]?.instant ?? 0)).slice(0, 12),
    "Gap",
    /^Records may be missing here: the connection was lost/,
  ]);
  await app.press("Home", "]");
  await expect(app.time.now).toHaveText(clockTextOf(BigInt(gaps[0]?.instant ?? 0)));
  const line = await placeOfPlayhead(app.time.region);
  await app.page.mouse.move(line.x - 2, line.y + 40);
  await expect(app.time.region).toContainText("Records may be missing here: the connection was lost");

  await test.step("where there are no requests the keyboard stays in their pane", async () => {
    await app.press("Control+5");
    await expect(app.requests.region).toContainText("No requests were recorded");
    await expect(app.requests.region).toBeFocused();
  });
});
