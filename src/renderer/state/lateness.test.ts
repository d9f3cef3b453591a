import { describe, expect, it } from "vitest";
import { Lateness } from "./lateness.svelte.js";

const passed = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("Lateness", () => {
  it("marks a left place after a blink, and no longer once the answer has come", async () => {
    const lateness = new Lateness();
    lateness.watch(true, performance.now());
    lateness.watch(false, performance.now() - 5000);
    expect(lateness.isLate).toBe(false);
    await passed(230);
    expect(lateness.isLate).toBe(true);
    lateness.watch(true, performance.now());
    expect(lateness.isLate).toBe(false);
  });

  it("lets answers that keep up with a drag pass, and marks those that do not", async () => {
    const lateness = new Lateness();
    const release = lateness.watch(false, performance.now() - 5000);
    await passed(120);
    release?.();
    const releaseSecond = lateness.watch(false, performance.now() - 40);
    await passed(120);
    expect(lateness.isLate).toBe(false);
    releaseSecond?.();
    lateness.watch(false, performance.now() - 600);
    await passed(120);
    expect(lateness.isLate).toBe(true);
  });
});
