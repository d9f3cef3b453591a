import { describe, expect, it } from "vitest";
import { Turns } from "./turns.js";

/** Turns of a playhead that is dragged, with frames that come when the test says so; `said` is who showed what it was answered. */
function dragged() {
  const frames: (() => void)[] = [];
  const said: string[] = [];
  const turns = new Turns((work) => frames.push(work));
  turns.moved(true);
  return {
    turns,
    said,
    ask: (name: string) => void turns.wait().then(() => said.push(name)),
    async frame(): Promise<string> {
      const before = said.length;
      frames.shift()?.();
      await Promise.resolve();
      return said.slice(before).join(" ");
    },
  };
}

describe("answers while the playhead is dragged", () => {
  it("are shown one a frame, in the order in which they came", async () => {
    const { ask, frame } = dragged();
    for (const name of ["spans", "logs", "metrics"]) ask(name);
    expect([await frame(), await frame(), await frame(), await frame()]).toEqual(["spans", "logs", "metrics", ""]);
  });

  it("leave a frame to State, but no more than two in a row", async () => {
    const { turns, ask, frame } = dragged();
    ask("spans");
    ask("logs");
    const shown: string[] = [];
    for (let left = 6; left > 0; left--) {
      turns.take();
      shown.push(await frame());
    }
    expect(shown).toEqual(["", "", "spans", "", "", "logs"]);
  });

  it("are all shown as soon as it is let go, and wait no more", async () => {
    const { turns, said, ask } = dragged();
    for (const name of ["spans", "logs"]) ask(name);
    turns.moved(false);
    ask("metrics");
    await Promise.resolve();
    expect(said).toEqual(["spans", "logs", "metrics"]);
  });
});
