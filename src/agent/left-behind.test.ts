import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { leaveBehind } from "./left-behind.js";

describe.skipIf(process.platform === "win32")("what a program leaves behind", () => {
  const facts = { runId: "0".repeat(32) };
  const name = `left-${facts.runId}`;
  const frames = [[Uint8Array.of(1), Uint8Array.of(2, 3)], [Uint8Array.of(4)]];
  let folder: string;
  let socketPath: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hindcast-left-"));
    socketPath = join(folder, "agent.sock");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is one file of all frames that only this user may read", () => {
    expect(leaveBehind({ socketPath, facts }, frames)).toBe(true);
    expect(readdirSync(folder)).toEqual([name]);
    expect([...readFileSync(join(folder, name))]).toEqual([1, 2, 3, 4]);
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  it("has no name before all of it is there, and none when somebody else left more", () => {
    const isLeft = leaveBehind({ socketPath, facts }, frames, () => {
      expect(readdirSync(folder)).toEqual([`${name}.program`]);
      return false;
    });
    expect([isLeft, readdirSync(folder)]).toEqual([false, []]);
  });

  it("is nothing when it cannot be written to its end", () => {
    function* failing(): Iterable<Uint8Array[]> {
      yield [Uint8Array.of(1)];
      throw new Error("no space left");
    }
    expect([leaveBehind({ socketPath, facts }, failing()), readdirSync(folder)]).toEqual([false, []]);
  });

  it("is nothing in a folder that others may enter, in none, and behind a link", () => {
    for (const mode of [0o750, 0o701, 0o777]) {
      chmodSync(folder, mode);
      expect(leaveBehind({ socketPath, facts }, frames)).toBe(false);
    }
    chmodSync(folder, 0o700);
    expect(leaveBehind({ socketPath: join(folder, "gone", "agent.sock"), facts }, frames)).toBe(false);
    mkdirSync(join(folder, "real"), { mode: 0o700 });
    symlinkSync(join(folder, "real"), join(folder, "link"));
    expect(leaveBehind({ socketPath: join(folder, "link", "agent.sock"), facts }, frames)).toBe(false);
    expect([readdirSync(folder), readdirSync(join(folder, "real"))]).toEqual([["link", "real"], []]);
  });
});
