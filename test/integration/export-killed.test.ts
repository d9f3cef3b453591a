// An engine that is killed while it exports leaves nothing that looks whole, and the next export removes what it left.
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Place } from "./hindcast-process.js";

const sample = fileURLToPath(new URL("../../recordings/ledger-memory-leak.hindcast", import.meta.url));

describe("hindcast export", () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.remove());

  it.runIf(process.platform === "linux")("whose engine is killed leaves no file, and says so", async () => {
    const args = ["export", sample, "-o", "out.jsonl", "--format", "jsonl", "--redact-secrets"];
    const running = place.start(args);
    const parts = (): readonly string[] => readdirSync(place.root).filter((name) => name.includes(".part"));
    await expect.poll(parts, { interval: 2, timeout: 60_000 }).not.toEqual([]);
    process.kill(place.pidOf(/engine-process/), "SIGKILL");
    const ended = await running.ended;
    expect(ended.code).toBe(1);
    expect(ended.err).toContain("out.jsonl cannot be written: the engine stopped unexpectedly.");
    expect(existsSync(place.path("out.jsonl"))).toBe(false);
    expect(parts()).toHaveLength(1);
    expect(await place.run(args)).toMatchObject({ code: 0 });
    expect(existsSync(place.path("out.jsonl"))).toBe(true);
    expect(parts()).toEqual([]);
  });
});
