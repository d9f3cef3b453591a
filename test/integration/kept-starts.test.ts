// What a program finds kept by an earlier start of it: it runs and is recorded as if nothing were, whatever is in the files.
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ProgramSeen } from "./agent-listener.js";
import { runBoth } from "./run-both.js";

const program = join(import.meta.dirname, "../programs/guest/kept.cjs");

/** Where its writes are said to have been. */
function placesIn({ records }: ProgramSeen): readonly string[] {
  const names = new Map(records.flatMap((record) => (record.kind === "string" ? [[record.id, record.text]] : [])));
  return records.flatMap((record) =>
    record.kind === "location"
      ? [`${names.get(record.file)?.replace(/.*\//, "")}:${record.line}:${record.column}`]
      : [],
  );
}

const sumOf = (body: Uint8Array): Buffer => Buffer.from(createHash("sha256").update(body).digest("hex"));

/** What is kept in a file; undefined where it is damaged. */
function bodyOf(file: string): Buffer | undefined {
  const bytes = readFileSync(file);
  const body = bytes.subarray(64);
  return sumOf(body).equals(bytes.subarray(0, 64)) ? body : undefined;
}

const put = (file: string, body: Uint8Array): void => writeFileSync(file, Buffer.concat([sumOf(body), body]));

describe("a program that was started before", () => {
  let folder = "";
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "hindcast-kept-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function start() {
    const { plain, recorded, program: seen } = await runBoth([program], [], { HINDCAST_CACHE: folder });
    expect(recorded).toEqual(plain);
    return placesIn(seen);
  }
  const kept = (kind: string): readonly string[] => readdirSync(folder).filter((name) => name.startsWith(kind));
  const states = (): readonly number[] => readdirSync(folder).map((name) => statSync(join(folder, name)).ino);

  it("runs and is recorded as at first, with what was kept, and without when that is damaged", async () => {
    const first = await start();
    expect(first).toEqual(expect.arrayContaining(["kept.cjs:6:1", "kept-part.cjs:3:3", "kept-late.mjs:2:3"]));
    expect([kept("code").length, kept("").length]).toEqual([1, 1 + kept("source").length]);
    expect(kept("source").length).toBeGreaterThanOrEqual(2);
    const before = states();
    expect(await start()).toEqual(first);
    expect(states()).toEqual(before);
    // V8 is not asked about code whose sum is wrong.
    for (const [at, name] of readdirSync(folder).entries()) {
      const file = join(folder, name);
      if (at % 2 === 0) truncateSync(file, statSync(file).size - 7);
      else writeFileSync(file, readFileSync(file).fill(0x20, 100, 200));
    }
    expect(await start()).toEqual(first);
    expect(states()).not.toEqual(before);
    for (const name of readdirSync(folder)) expect(bodyOf(join(folder, name))).toBeDefined();
  });

  it("gets what is kept, and nothing that V8 refuses", async () => {
    const first = await start();
    for (const name of kept("source")) {
      const file = join(folder, name);
      put(file, Buffer.from(String(bodyOf(file)).replace("on purpose", "as was kept")));
    }
    const [code = ""] = kept("code");
    put(join(folder, code), Buffer.alloc(1000));
    const { recorded, program: seen } = await runBoth([program], [], { HINDCAST_CACHE: folder });
    expect([recorded.code, recorded.err, recorded.out.includes("as was kept")]).toEqual([0, "", true]);
    expect(placesIn(seen)).toEqual(first);
    expect(bodyOf(join(folder, code))?.length).toBeGreaterThan(10_000);
  });
});
