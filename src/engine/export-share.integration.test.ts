// A stretch of a sample that somebody gets shows what the original shows, at whatever instant of it they look.
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { randomFrom } from "./replay/live-program.test-support.js";
import { seeds } from "./replay/seeds.test-support.js";
import { TestEngine } from "./engine.test-support.js";

const sample = fileURLToPath(new URL("../../recordings/ledger-first.hindcast", import.meta.url));

describe("a stretch that is shared", () => {
  let engine: TestEngine;
  beforeEach(() => {
    engine = new TestEngine();
  });
  afterEach(() => engine.dispose());

  it.each(seeds(1, 2, 3))("shows the same state at random instants (seed %i)", async (seed) => {
    const below = randomFrom(seed * 7919);
    const whole = await engine.call("recording.open", { path: sample });
    const length = Number(whole.end - whole.start);
    const instant = (): bigint => whole.start + BigInt(below(length));
    const [one, other] = [instant(), instant()];
    const stretch = one < other ? { from: one, to: other } : { from: other, to: one };
    const path = engine.path("shared.hindcast");
    await engine.call("recording.export", { recordingId: whole.recordingId, path, format: "hindcast", stretch });
    const shared = await engine.call("recording.open", { path });

    const within = [stretch.from, stretch.to];
    for (let left = 6; left > 0; left--)
      within.push(stretch.from + BigInt(below(Number(stretch.to - stretch.from) + 1)));
    let shown = 0;
    for (const at of within)
      for (const { process, scope, firstSeen } of whole.scopes) {
        if (firstSeen > at) continue;
        const about = { process, scope, at: { kind: "instant", instant: at } } as const;
        const [original, copy] = [
          await engine.try("state.at", { recordingId: whole.recordingId, ...about }),
          await engine.try("state.at", { recordingId: shared.recordingId, ...about }),
        ];
        // What ended before the stretch did not leave.
        if (shared.processes.every((those) => those.process !== process)) continue;
        expect(copy.ok && copy.value.value, `${scope} at ${at}`).toEqual(original.ok && original.value.value);
        shown++;
      }
    expect(shown).toBeGreaterThan(0);
  });
});
