import { describe, expect, it } from "vitest";
import { sayingWhenSlow } from "./saying-when-slow.js";

/** Work that is done when `finish` is called, and what was said meanwhile. */
function slowWork() {
  const told: string[] = [];
  let finish = (): void => undefined;
  const work = new Promise<string>((resolve) => (finish = () => resolve("done")));
  return { told, work, finish };
}

describe("saying when something is slow", () => {
  it("says it while the work goes on, once", async () => {
    const { told, work, finish } = slowWork();
    const outcome = await sayingWhenSlow(work, 1, async () => {
      told.push("slow");
      finish();
      await new Promise((resolve) => setTimeout(resolve, 10));
      told.push("printed");
    });
    expect([outcome, told]).toEqual(["done", ["slow", "printed"]]);
  });

  it("says nothing of work that is done or has failed before", async () => {
    const { told, work, finish } = slowWork();
    const say = () => Promise.resolve(void told.push("slow"));
    finish();
    expect(await sayingWhenSlow(work, 20, say)).toBe("done");
    await expect(sayingWhenSlow(Promise.reject(new Error("gone")), 20, say)).rejects.toThrow("gone");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(told).toEqual([]);
  });
});
