import { fstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { randomFrom } from "../shared/base/random.test-support.js";
import type { Chunk } from "./intake.js";
import { Spill } from "./spill.js";

describe.skipIf(process.platform === "win32")("a spill", () => {
  let folder: string;
  const spills: Spill[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hindcast-spill-"));
  });
  afterEach(() => {
    for (const spill of spills.splice(0)) spill.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  function spillOf(maxBytes: number): Spill {
    const spill = new Spill(folder, maxBytes, () => expect.fail("a fault"));
    spills.push(spill);
    return spill;
  }

  it("gives back what was put in, in order, and takes no more than it may (seed 3)", () => {
    const random = randomFrom(3);
    const bytes = (most: number): Uint8Array =>
      Uint8Array.from({ length: Math.floor(random() * most) }, () => random() * 256);
    const spill = spillOf(20_000);
    const expected: Chunk[] = [];
    let stored = 0;
    for (let step = 0; step < 2000; step++) {
      if (random() < 0.6) {
        const chunk = { definitions: bytes(50), records: bytes(900) };
        const size = chunk.definitions.length + chunk.records.length;
        const hasRoom = stored + size <= 20_000;
        expect(spill.put(chunk)).toBe(hasRoom);
        if (hasRoom) {
          expected.push(chunk);
          stored += size;
        }
      } else {
        expect(spill.take()).toEqual(expected.shift());
        // The space is given back when everything was taken out.
        if (expected.length === 0) stored = 0;
      }
      expect(spill.isEmpty).toBe(expected.length === 0);
    }
  });

  it("is in a file without a name: nothing of it can be found, or left behind", () => {
    const spill = spillOf(1000);
    expect(spill.put({ definitions: new Uint8Array(1), records: new Uint8Array(8) })).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.runIf(process.platform === "linux")("could be opened by its user only", () => {
    const spill = spillOf(1000);
    spill.put({ definitions: new Uint8Array(1), records: new Uint8Array(8) });
    const own = readdirSync("/proc/self/fd").filter((fd) => linkOf(fd).startsWith(folder));
    expect(own.map((fd) => fstatSync(Number(fd))).map(({ mode, nlink }) => [mode & 0o777, nlink])).toEqual([
      [0o600, 0],
    ]);
  });
});

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    // The one that the list itself was read with.
    return "";
  }
}
