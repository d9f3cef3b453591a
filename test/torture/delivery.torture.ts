// Nothing is lost that fits, nothing is doubled, and what is lost is counted exactly, at full counts: minutes.
import { describe, expect, it } from "vitest";
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import { runNumbered } from "./delivery-runs.js";

const minutes = 60_000;
const isFull = process.env["TORTURE"] === "full";
const kills = isFull ? 40 : 20;
const overloadSeconds = 30;

describe.runIf(process.platform === "linux")("delivery", () => {
  for (const seed of isFull ? [1, 2, 3] : [1])
    it(`has every event once, whenever its engine is killed (seed ${seed})`, { timeout: 20 * minutes }, async () => {
      const load = { seed, rate: 20_000, seconds: kills * 2.5, restSeconds: 0 };
      const outcome = await runNumbered(load, async ({ random, signalEngine, pause }) => {
        for (let kill = 0; kill < kills; kill++) {
          await pause(300 + random() * 3000);
          signalEngine("SIGKILL");
        }
      });
      expect(outcome).toMatchObject({ received: outcome.sent, doubled: 0, lost: 0 });
      expect(outcome.sent).toBeGreaterThanOrEqual(load.rate * load.seconds * 0.9);
    });

  it("has every event once, when its engine is killed as the program ends", { timeout: 20 * minutes }, async () => {
    const random = randomFrom(5);
    for (let kill = 0; kill < kills; kill++) {
      const load = { rate: 20_000, seconds: 1 + random(), restSeconds: 0 };
      const outcome = await runNumbered(load, async ({ signalEngine, pause, ending }) => {
        if (kill % 2 === 0) await ending();
        else await pause(load.seconds * 1000 - random() * 150);
        signalEngine("SIGKILL");
      });
      expect(outcome).toMatchObject({ received: outcome.sent, doubled: 0, lost: 0 });
    }
  });

  it("has every event once when its engine was stopped for five seconds", { timeout: 5 * minutes }, async () => {
    const outcome = await runNumbered(
      { rate: 20_000, seconds: 12, restSeconds: 3 },
      async ({ signalEngine, pause }) => {
        await pause(1000);
        signalEngine("SIGSTOP");
        await pause(5000);
        signalEngine("SIGCONT");
      },
    );
    expect(outcome).toMatchObject({ received: outcome.sent, doubled: 0, lost: 0 });
  });

  for (const overflow of ["drop-newest", "drop-oldest", "block"])
    it(
      `counts exactly what an outage longer than its buffers costs, ${overflow}`,
      { timeout: 5 * minutes },
      async () => {
        const options = ["--buffer", "1MB", "--backlog", "1MB", "--overflow", overflow];
        const load = { options, rate: 20_000, seconds: 14, restSeconds: 3 };
        const outcome = await runNumbered(load, async ({ signalEngine, pause }) => {
          await pause(1000);
          signalEngine("SIGSTOP");
          await pause(11_000);
          signalEngine("SIGCONT");
        });
        expect(outcome.received + outcome.lost).toBe(outcome.sent);
        expect(outcome.lost).toBeGreaterThan(0);
        expect(outcome.doubled).toBe(0);
      },
    );

  for (const overflow of ["drop-newest", "drop-oldest", "block"])
    for (const megabytes of [1, 16, 256])
      it(
        `outlives ${overloadSeconds} s of overload, ${overflow}, ${megabytes} MB`,
        { timeout: 10 * minutes },
        async () => {
          const options = ["--buffer", `${megabytes}MB`, "--backlog", "32MB", "--overflow", overflow];
          const load = { options, rate: 0, seconds: overloadSeconds, restSeconds: 1 };
          const outcome = await runNumbered(load, () => Promise.resolve());
          expect(outcome.received + outcome.lost).toBe(outcome.sent);
          expect(outcome).toMatchObject({ doubled: 0 });
          expect(outcome.grownMb).toBeLessThan(megabytes + 32 + 192);
        },
      );
});
