// Nothing is lost that fits, nothing is doubled, and what is lost is counted exactly, at full counts: minutes.
import { describe, expect, it } from "vitest";
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import { mostGrownMb, runNumbered } from "./delivery-runs.js";

const minutes = 60_000;
const isFull = process.env["TORTURE"] === "full";
const kills = isFull ? 40 : 20;
const overloadSeconds = 30;
/** Asked for while something is killed, with a reserve: at least `leastRate` must come of it. */
const killRate = 25_000;
const leastRate = 20_000;
const whole = { doubled: 0, lost: 0, left: [] };

describe.runIf(process.platform === "linux")("delivery", () => {
  for (const seed of isFull ? [1, 2, 3] : [1])
    it(`has every event once, whenever its engine is killed (seed ${seed})`, { timeout: 20 * minutes }, async () => {
      const load = { seed, rate: killRate, seconds: kills * 2.5, restSeconds: 0 };
      const outcome = await runNumbered(load, async ({ random, signalEngine, pause }) => {
        for (let killed = 0; killed < kills;) {
          await pause(300 + random() * 3000);
          if (signalEngine("SIGKILL")) killed++;
        }
      });
      expect(outcome).toMatchObject({ ...whole, received: outcome.sent, said: "" });
      expect(outcome.perSecond).toBeGreaterThanOrEqual(leastRate);
    });

  it("has every event once, when its engine is killed as the program ends", { timeout: 20 * minutes }, async () => {
    const random = randomFrom(5);
    for (let kill = 0; kill < kills; kill++) {
      const load = { rate: killRate, seconds: 1 + random(), restSeconds: 0 };
      const outcome = await runNumbered(load, async ({ signalEngine, pause, ending }) => {
        if (kill % 2 === 0) await ending();
        else await pause(load.seconds * 1000 - random() * 150);
        signalEngine("SIGKILL");
      });
      expect(outcome).toMatchObject({ ...whole, received: outcome.sent, said: "" });
      expect(outcome.perSecond).toBeGreaterThanOrEqual(leastRate);
    }
  });

  it("has every event once, whenever its host is killed", { timeout: 20 * minutes }, async () => {
    const random = randomFrom(6);
    for (let kill = 0; kill < kills; kill++) {
      const outcome = await runNumbered(
        { rate: killRate, seconds: 2.5, restSeconds: 0 },
        async ({ signalHost, pause }) => {
          await pause(random() * 2500);
          signalHost("SIGKILL");
        },
      );
      expect(outcome).toMatchObject({ ...whole, received: outcome.sent });
      expect(outcome.perSecond).toBeGreaterThanOrEqual(leastRate);
    }
  });

  it("has every event once when its host was stopped for five seconds", { timeout: 5 * minutes }, async () => {
    const outcome = await runNumbered({ rate: 20_000, seconds: 8, restSeconds: 1 }, async ({ signalHost, pause }) => {
      await pause(1000);
      signalHost("SIGSTOP");
      await pause(5000);
      signalHost("SIGCONT");
    });
    expect(outcome).toMatchObject({ ...whole, received: outcome.sent, said: "" });
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
    expect(outcome).toMatchObject({ ...whole, received: outcome.sent, said: "" });
  });

  for (const overflow of ["drop-newest", "drop-oldest", "block"])
    it(
      `counts exactly what an outage longer than its buffers costs, ${overflow}`,
      { timeout: 5 * minutes },
      async () => {
        const options = ["--buffer", "1MB", "--backlog", "1MB", "--overflow", overflow];
        const load = { options, rate: 20_000, seconds: 20, restSeconds: 3 };
        const outcome = await runNumbered(load, async ({ signalEngine, pause }) => {
          await pause(1000);
          signalEngine("SIGSTOP");
          // A program that waits does so for ten seconds.
          await pause(16_000);
          signalEngine("SIGCONT");
        });
        expect(outcome.received + outcome.lost).toBe(outcome.sent);
        expect(outcome.lost).toBeGreaterThan(0);
        expect(outcome).toMatchObject({ doubled: 0, left: [] });
        expect(outcome.said).toMatch(/lacks [\d,]+ of its records/);
      },
    );

  for (const overflow of ["drop-newest", "drop-oldest", "block"])
    it(
      `counts exactly what an engine costs that stands still past the program's end, ${overflow}`,
      { timeout: 5 * minutes },
      async () => {
        const load = { options: ["--overflow", overflow], rate: 20_000, seconds: 40, restSeconds: 0 };
        const outcome = await runNumbered(load, async ({ signalEngine, pause, gone }) => {
          await pause(3000);
          signalEngine("SIGSTOP");
          await gone();
          await pause(2000);
          signalEngine("SIGCONT");
        });
        expect(outcome.received + outcome.lost).toBe(outcome.sent);
        expect(outcome.lost).toBeGreaterThan(0);
        expect(outcome).toMatchObject({ doubled: 0, left: [], ends: ["0 bye whole"] });
        expect(outcome.said).toMatch(/lacks [\d,]+ of its records/);
      },
    );

  it(
    "finds on disk what an engine did not take that stands still past the program's end",
    { timeout: 5 * minutes },
    async () => {
      const load = { options: ["--spill", "1GB"], rate: 20_000, seconds: 40, restSeconds: 0 };
      const outcome = await runNumbered(load, async ({ signalEngine, pause, gone }) => {
        await pause(3000);
        signalEngine("SIGSTOP");
        await gone();
        signalEngine("SIGCONT");
      });
      expect(outcome).toMatchObject({ ...whole, received: outcome.sent, said: "", ends: ["0 bye whole"] });
    },
  );

  it(
    "waits for an engine that stands still for less than ten seconds, and loses nothing",
    { timeout: 5 * minutes },
    async () => {
      const options = ["--buffer", "1MB", "--backlog", "1MB", "--overflow", "block"];
      const load = { options, rate: 20_000, seconds: 12, restSeconds: 1 };
      const outcome = await runNumbered(load, async ({ signalEngine, pause }) => {
        for (let stop = 0; stop < 3; stop++) {
          await pause(1000);
          signalEngine("SIGSTOP");
          await pause(5000);
          signalEngine("SIGCONT");
        }
      });
      expect(outcome).toMatchObject({ ...whole, received: outcome.sent, said: "" });
    },
  );

  for (const overflow of ["drop-newest", "drop-oldest", "block"])
    for (const megabytes of [1, 16, 256, 1000])
      it(
        `outlives ${overloadSeconds} s of overload, ${overflow}, ${megabytes} MB`,
        { timeout: 10 * minutes },
        async () => {
          const backlogMb = 32;
          const options = ["--buffer", `${megabytes}MB`, "--backlog", `${backlogMb}MB`, "--overflow", overflow];
          const load = { options, rate: 0, seconds: overloadSeconds, restSeconds: 1 };
          const outcome = await runNumbered(load, () => Promise.resolve());
          expect(outcome.received + outcome.lost).toBe(outcome.sent);
          expect(outcome).toMatchObject({ doubled: 0, left: [] });
          expect(outcome.grownMb).toBeLessThan(mostGrownMb(megabytes, backlogMb, overflow));
          // A large ring holds more than the engine takes in the time a program waits at its end.
          if (overflow === "block" && megabytes <= 16) expect(outcome.lost).toBe(0);
        },
      );
});
