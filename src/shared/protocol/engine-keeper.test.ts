import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type EngineEvents, EngineKeeper, type EngineProcess } from "./engine-keeper.js";

/** Engines that are told what to do, on a clock that stands still until it is moved. */
class Host {
  readonly started: EngineEvents[] = [];
  sweeps = 0;
  readonly keeper = new EngineKeeper<EngineProcess>({
    start: (events) => {
      this.started.push(events);
      return { send: () => undefined, kill: () => undefined };
    },
    after: (ms, work) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
    onMessage: () => undefined,
    onLost: () => undefined,
    sweep: () => {
      this.sweeps++;
      return Promise.resolve();
    },
    stopWithinMs: 1000,
  });

  becomeReady(): void {
    this.started.at(-1)?.onMessage({ kind: "ready" });
  }

  die(): void {
    this.started.at(-1)?.onExit(false);
  }
}

describe("EngineKeeper", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("starts a new engine within a second of any death, however soon after its start", () => {
    const host = new Host();
    for (let deaths = 1; deaths < 20; deaths++) {
      host.becomeReady();
      host.die();
      vi.advanceTimersByTime(1000);
      expect([host.started.length, host.keeper.isReady]).toEqual([deaths + 1, false]);
    }
  });

  it("gives up on engines that never answer, tells who waits, and ends what they had begun", async () => {
    const host = new Host();
    const waiting = host.keeper.ready();
    for (let deaths = 0; deaths < 4; deaths++) {
      host.die();
      vi.advanceTimersByTime(1000);
    }
    expect([host.started.length, host.keeper.gaveUpAfter]).toEqual([5, undefined]);
    host.die();
    vi.advanceTimersByTime(60_000);
    expect([host.started.length, host.keeper.gaveUpAfter, host.sweeps]).toEqual([5, 5, 1]);
    expect([await waiting, await host.keeper.ready()]).toEqual([undefined, undefined]);
  });

  it("is more patient once one answered, and starts to count anew when one lived for a second", () => {
    const host = new Host();
    for (let round = 0; round < 3; round++) {
      host.becomeReady();
      vi.advanceTimersByTime(1000);
      for (let deaths = 0; deaths < 39; deaths++) {
        host.die();
        vi.advanceTimersByTime(1000);
      }
    }
    expect([host.started.length, host.keeper.gaveUpAfter]).toEqual([3 * 39 + 1, undefined]);
  });

  it("gives up on engines that answer and die at once forty times in a row, not on those that live for a while", () => {
    for (const [livesMs, gaveUpAfter] of [
      [500, 40],
      [1400, undefined],
    ] as const) {
      const host = new Host();
      for (let deaths = 0; deaths < 40; deaths++) {
        host.becomeReady();
        vi.advanceTimersByTime(livesMs);
        host.die();
        vi.advanceTimersByTime(100);
      }
      expect(host.keeper.gaveUpAfter).toBe(gaveUpAfter);
    }
  });
});
