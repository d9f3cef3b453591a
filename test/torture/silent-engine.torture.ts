// `hindcast record` whose engine stands still when the program ends, for as long as it takes to say so.
import { statSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Place } from "../integration/hindcast-process.js";

describe.runIf(process.platform === "linux")("hindcast record with an engine that stands still", () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.remove());

  const program = `
    const timer = setInterval(() => console.log("tick"), 5);
    process.stdin.once("data", () => { clearInterval(timer); process.exitCode = 7; process.stdin.destroy(); });`;

  /** Something is in the file. */
  const committed = async (name: string): Promise<void> => {
    while ((statSync(place.path(`${name}.wal`), { throwIfNoEntry: false })?.size ?? 0) === 0) await wait(20);
    await wait(1000);
  };

  it("says so in the end, ends as the program did, and leaves a file that opens", async () => {
    writeFileSync(place.path("app.cjs"), program);
    const running = place.start(["record", "-o", "a.hindcast", "--", process.execPath, "app.cjs"]);
    await committed("a.hindcast");
    process.kill(place.pidOf(/engine-process/), "SIGSTOP");
    running.child.stdin.write("now");
    const { code, signal, err } = await running.ended;
    expect([code, signal, err]).toEqual([
      7,
      null,
      `hindcast: ${place.path("a.hindcast")} was not brought to its end: the engine has given no sign of life for 60 seconds.\n` +
        `  What was written by then stays in the file: hindcast open ${place.path("a.hindcast")}\n`,
    ]);
    expect([place.leftRunning(), place.leftBehind()]).toEqual([[], []]);
    const logs = await place.run(["logs", "a.hindcast"]);
    expect([logs.code, logs.out]).toEqual([0, expect.stringContaining("tick")]);
  });
});
