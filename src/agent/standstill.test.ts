import { describe, expect, it } from "vitest";
import { type Clocks, StandstillWatch } from "./standstill.js";

/** A machine whose clocks are moved by hand. */
class Machine implements Clocks {
  #now = { monotonicMs: 5000, wallMs: 1_795_000_000_000, uptimeMs: 90_000, cpuMs: 300 };

  monotonicMs = () => this.#now.monotonicMs;
  wallMs = () => this.#now.wallMs;
  uptimeMs = () => Math.floor(this.#now.uptimeMs / 10) * 10;
  cpuMs = () => this.#now.cpuMs;
  readonly #watch = new StandstillWatch(this);
  look = () => this.#watch.look();

  /** Time passes, and the process works for some of it. */
  pass(ms: number, cpuMs = 0): this {
    const { monotonicMs, wallMs, uptimeMs } = this.#now;
    const worked = this.#now.cpuMs + cpuMs;
    this.#now = { monotonicMs: monotonicMs + ms, wallMs: wallMs + ms, uptimeMs: uptimeMs + ms, cpuMs: worked };
    return this;
  }
  /** As Linux sleeps. */
  sleep(ms: number): this {
    this.#now = { ...this.#now, wallMs: this.#now.wallMs + ms, uptimeMs: this.#now.uptimeMs + ms };
    return this;
  }
  setWall(byMs: number): this {
    this.#now = { ...this.#now, wallMs: this.#now.wallMs + byMs };
    return this;
  }
}

describe("StandstillWatch", () => {
  it("sees a process that was stopped, and where", () => {
    const machine = new Machine();
    expect(machine.pass(5).look()).toBeUndefined();
    expect(machine.pass(2500, 30).look()).toEqual({ sinceMs: 5005, forMs: 2500, sleptMs: 0 });
    expect(machine.pass(5).look()).toBeUndefined();
  });

  it("does not take a process that works, or a short delay, for one that stands still", () => {
    const machine = new Machine();
    expect(machine.pass(900).look()).toBeUndefined();
    // This thread got no time, and another of the process did.
    expect(machine.pass(3000, 400).look()).toBeUndefined();
    expect(machine.pass(3000, 3000).look()).toBeUndefined();
  });

  it("sees a sleep that the monotonic clock missed, and how long it was, each time", () => {
    const machine = new Machine();
    expect(machine.pass(25).sleep(3_600_000).pass(10).look()).toEqual({
      sinceMs: 5000,
      forMs: 3_600_035,
      sleptMs: 3_600_000,
    });
    expect(machine.pass(25).look()).toBeUndefined();
    expect(machine.pass(25).sleep(60_000).look()).toMatchObject({ sleptMs: 60_000 });
  });

  it("believes the uptime where the wall clock was set while the machine slept", () => {
    const machine = new Machine();
    expect(machine.pass(30).sleep(60_000).setWall(5000).look()).toMatchObject({ sleptMs: 60_000 });
  });

  it("takes no clock that was set for a sleep, forwards or backwards", () => {
    const machine = new Machine();
    for (const byMs of [3_600_000, -3_600_000, 1500, -1500])
      expect(machine.setWall(byMs).pass(25).look()).toBeUndefined();
  });
});
