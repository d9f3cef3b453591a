import { promisify } from "node:util";
import * as v from "valibot";
import { afterEach, describe, expect, it } from "vitest";
import { kitForTests } from "../probe-kit.test-support.js";
import { watchTimers } from "./timers.js";

const originals = { setTimeout, setInterval, setImmediate };
const releases: (() => void)[] = [];
afterEach(() => {
  for (const release of releases.splice(0).reverse()) release();
});

/** Between ours and the program's a machine may do something else. */
const toleranceMs = 30;
const blockFor = (ms: number): void => {
  for (const untilMs = performance.now() + ms; performance.now() < untilMs;);
};
const pause = (ms: number): Promise<void> => new Promise((resolve) => originals.setTimeout(resolve, ms));

/** `told` is what is said of each kind in the round that it asks for. */
function watched() {
  const { kit } = kitForTests();
  let values = new Map<string, number>();
  const metric = (name: string, _unit: string, value: number, attributes: unknown): void => {
    const { "nodejs.timer.kind": kind } = v.parse(v.object({ "nodejs.timer.kind": v.string() }), attributes);
    values.set(`${name} ${kind}`, value);
  };
  const stop = watchTimers({ ...kit, sink: { metric } });
  releases.push(stop);
  const told = (): ReadonlyMap<string, number> => {
    values = new Map();
    kit.rounds.run(false);
    return values;
  };
  return { told, stop };
}

describe("timers of the program", () => {
  it.each(["timeout", "interval", "immediate"] as const)(
    "are as late as they find themselves to be: %s",
    async (kind) => {
      const { told } = watched();
      const lateMs: number[] = [];
      let timer: NodeJS.Timeout | undefined;
      for (let round = 0; round < 5; round++) {
        let dueMs = performance.now() + (kind === "immediate" ? 0 : 20);
        const late = (): void => {
          lateMs.push(performance.now() - dueMs);
          dueMs = performance.now() + 20;
        };
        if (kind === "timeout") setTimeout(late, 20);
        else if (kind === "interval" && round === 0) timer = setInterval(late, 20);
        else if (kind === "immediate") setImmediate(late);
        blockFor(round === 0 ? 120 : 0);
        await pause(50);
        if (kind === "interval") break;
      }
      clearInterval(timer);
      const values = told();
      const [most, sum] = [Math.max(...lateMs), lateMs.reduce((total, ms) => total + ms, 0)];
      expect(most).toBeGreaterThan(90);
      expect(Math.abs((values.get(`nodejs.timer.delay.max ${kind}`) ?? 0) * 1000 - most)).toBeLessThan(toleranceMs);
      if (kind === "interval") return;
      expect(values.get(`nodejs.timer.measured ${kind}`)).toBe(5);
      expect(Math.abs((values.get(`nodejs.timer.delay.avg ${kind}`) ?? 0) * 1000 - sum / 5)).toBeLessThan(toleranceMs);
      // Once it is told, it is over.
      expect(told().size).toBe(0);
    },
  );

  it("that were due at once are each as late as the ones before them make it", async () => {
    const { told } = watched();
    const ranMs: number[] = [];
    const setMs = performance.now();
    for (let n = 0; n < 8; n++)
      setTimeout(() => {
        ranMs.push(performance.now());
        blockFor(10);
      }, 5);
    await pause(150);
    const last = (ranMs.at(-1) ?? 0) - setMs - 5;
    expect(Math.abs((told().get("nodejs.timer.delay.max timeout") ?? 0) * 1000 - last)).toBeLessThan(toleranceMs);
    expect(last).toBeGreaterThan(70);
  });

  it("are followed for as long as an interval lasts, and no longer", async () => {
    const { told } = watched();
    const timer = setInterval(() => undefined, 10);
    await pause(200);
    const whileItLasts = told().get("nodejs.timer.measured interval") ?? 0;
    clearInterval(timer);
    await pause(60);
    told();
    await pause(60);
    expect([whileItLasts > 3, told().size]).toEqual([true, 0]);
  });

  it("are measured by sample, however many there are", async () => {
    const { told } = watched();
    const ran = { timeouts: 0, immediates: 0 };
    for (let n = 0; n < 5000; n++) {
      setTimeout(() => ran.timeouts++, 1);
      setImmediate(() => ran.immediates++);
    }
    await pause(100);
    const values = told();
    expect(ran).toEqual({ timeouts: 5000, immediates: 5000 });
    expect(values.get("nodejs.timer.measured timeout")).toBe(50);
    expect(values.get("nodejs.timer.measured immediate")).toBe(50);
  });

  it("are what they are: promisified, imported, named, refused, and put back", async () => {
    const { stop } = watched();
    const { default: timers, setTimeout: imported } = await import("node:timers");
    expect([globalThis.setTimeout === originals.setTimeout, timers.setTimeout === globalThis.setTimeout]).toEqual([
      false,
      true,
    ]);
    expect(imported).toBe(globalThis.setTimeout);
    expect(await promisify(setTimeout)(1, "value")).toBe("value");
    expect(await promisify(setImmediate)("value")).toBe("value");
    expect([setTimeout.name, setTimeout.length]).toEqual([originals.setTimeout.name, originals.setTimeout.length]);
    const refused = (): unknown => Reflect.apply(setTimeout, undefined, ["no function", 1]);
    expect(refused).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }));
    const given = await new Promise((resolve) => setTimeout((...all: unknown[]) => resolve(all), 1, "a", "b"));
    expect(given).toEqual(["a", "b"]);
    stop();
    const after = { setTimeout, setInterval, setImmediate };
    expect(after).toEqual(originals);
  });
});
