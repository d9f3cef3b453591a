// Small counts of what test/torture/delivery.torture.ts does at length.
import { describe, expect, it } from "vitest";
import { cases } from "../../src/engine/replay/seeds.test-support.js";
import { mostGrownMb, runNumbered } from "../torture/delivery-runs.js";

describe.runIf(process.platform === "linux")("delivery", () => {
  it("has every event once though its engine is killed again and again (seed 7)", async () => {
    const load = { seed: 7, rate: 20_000, seconds: 6, restSeconds: 3 };
    const outcome = await runNumbered(load, async ({ random, signalEngine, pause }) => {
      for (let kill = 0; kill < 3; kill++) {
        await pause(300 + random() * 1200);
        signalEngine("SIGKILL");
      }
    });
    expect(outcome).toMatchObject({ received: outcome.sent, doubled: 0, lost: 0 });
    expect(outcome.sent).toBeGreaterThan(100_000);
  });

  it.each(cases<number | "ending">([-30, "ending"], [-100, 0, "ending"]))(
    "has every event once though its engine is killed as the program ends (%s)",
    async (when) => {
      const load = { rate: 20_000, seconds: 1, restSeconds: 0 };
      const outcome = await runNumbered(load, async ({ signalEngine, pause, ending }) => {
        if (when === "ending") await ending();
        else await pause(load.seconds * 1000 + when);
        signalEngine("SIGKILL");
      });
      expect(outcome).toMatchObject({ received: outcome.sent, doubled: 0, lost: 0 });
      expect(outcome.sent).toBeGreaterThan(15_000);
    },
  );

  // In the gate each way to overflow is met once by what asks most of it.
  for (const overflow of cases(["drop-oldest"], ["drop-newest"]))
    it(`counts exactly what an outage longer than its buffers costs, ${overflow}`, async () => {
      const options = ["--buffer", "1MB", "--backlog", "1MB", "--overflow", overflow];
      const load = { options, rate: 20_000, seconds: 4, restSeconds: 1 };
      const outcome = await runNumbered(load, async ({ signalEngine, pause }) => {
        await pause(300);
        signalEngine("SIGSTOP");
        await pause(3500);
        signalEngine("SIGCONT");
      });
      expect(outcome.received + outcome.lost).toBe(outcome.sent);
      expect(outcome).toMatchObject({ doubled: 0 });
      expect(outcome.lost).toBeGreaterThan(0);
    });

  for (const overflow of cases(["drop-newest"], ["drop-oldest", "block"]))
    it(`counts exactly what an engine costs that stands still past the program's end, ${overflow}`, async () => {
      const options = ["--buffer", "1MB", "--backlog", "1MB", "--overflow", overflow];
      const load = { options, rate: 20_000, seconds: 3, restSeconds: 0 };
      const outcome = await runNumbered(load, async ({ signalEngine, pause, gone }) => {
        await pause(300);
        signalEngine("SIGSTOP");
        await gone();
        signalEngine("SIGCONT");
      });
      expect(outcome.received + outcome.lost).toBe(outcome.sent);
      expect(outcome.lost).toBeGreaterThan(0);
      expect(outcome).toMatchObject({ doubled: 0, left: [], ends: ["0 bye whole"] });
      expect(outcome.said).toMatch(/lacks [\d,]+ of its records/);
    });

  const keeping = cases(["--backlog 8MB --overflow block"], ["--backlog 1MB --spill 64MB"]);
  it.each(keeping)("finds what an engine did not take that stands still past the program's end, %s", async (kept) => {
    const options = ["--buffer", "1MB", ...kept.split(" ")];
    const load = { options, rate: 20_000, seconds: 3, restSeconds: 0 };
    const outcome = await runNumbered(load, async ({ signalEngine, pause, gone }) => {
      await pause(300);
      signalEngine("SIGSTOP");
      await gone();
      signalEngine("SIGCONT");
    });
    const ends = ["0 bye whole"];
    expect(outcome).toMatchObject({ received: outcome.sent, doubled: 0, lost: 0, left: [], said: "", ends });
  });

  for (const overflow of cases(["block", "drop-newest"], ["drop-oldest"]))
    it(`counts exactly what a flood costs, ${overflow}, and the program says so at its end`, async () => {
      const [ringMb, backlogMb] = [1, 2];
      const options = ["--buffer", `${ringMb}MB`, "--backlog", `${backlogMb}MB`, "--overflow", overflow];
      // A busy machine may be quicker at taking than at making: so nothing is taken for a while.
      const outcome = await runNumbered(
        // The ring grows to four times its size before anything gives way.
        { options, rate: 0, seconds: overflow === "block" ? 1 : 3, restSeconds: 0 },
        async ({ signalEngine, pause }) => {
          if (overflow === "block") return;
          signalEngine("SIGSTOP");
          await pause(2500);
          signalEngine("SIGCONT");
        },
      );
      expect(outcome.received + outcome.lost).toBe(outcome.sent);
      expect(outcome).toMatchObject({ doubled: 0, left: [] });
      expect(outcome.grownMb).toBeLessThan(mostGrownMb(ringMb, backlogMb, overflow));
      if (overflow === "block") expect(outcome).toMatchObject({ lost: 0, said: "" });
      else expect(outcome.said).toMatch(/lacks [\d,]+ of its records/);
    });

  it("keeps on disk what an outage leaves no room for in memory", async () => {
    const options = ["--buffer", "1MB", "--backlog", "1MB", "--spill", "64MB"];
    const load = { options, rate: 20_000, seconds: 4, restSeconds: 2 };
    const outcome = await runNumbered(load, async ({ signalEngine, pause }) => {
      await pause(300);
      signalEngine("SIGSTOP");
      await pause(3500);
      signalEngine("SIGCONT");
    });
    expect(outcome).toMatchObject({ received: outcome.sent, doubled: 0, lost: 0 });
  });
});
