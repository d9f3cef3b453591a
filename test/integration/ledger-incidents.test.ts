// The ledger's incidents are what everything that explains recordings is scored against: what its file of truth says was
// wrong was wrong there, and then.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "hindcast-ledger-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const instant = v.pipe(
  v.string(),
  v.transform((text) => BigInt(text)),
);
const truthLine = v.object({
  kind: v.string(),
  service: v.string(),
  file: v.optional(v.string(), ""),
  line: v.optional(v.number(), 0),
  from: v.optional(instant),
  to: v.optional(instant),
  hits: v.number(),
  on: instant,
  off: instant,
});

/** Whatever is asked, these are met by it. */
const met = ["lock-contention", "clock-step", "traffic-spike", "bad-deploy"];
const others = ["slow-dependency", "listener-leak", "promise-leak", "crash-loop", "memory-leak", "pool-exhaustion"];

describe("the ledger under load", () => {
  it("says which line of its code went wrong, and from when to when", async () => {
    const truth = join(folder, "truth.jsonl");
    const incidents = [...met, ...others].flatMap((kind) => ["--incident", `${kind}@1-9`]);
    const load = ["--load", "10", "--seed", "2", "--rate", "60", "--pattern", "Normal Operations"];
    const args = ["examples/ledger/system.mjs", ...load, ...incidents, "--truth", truth];
    const system = spawn(process.execPath, args, { stdio: "ignore", env: { ...process.env, LEDGER_DATA: folder } });
    const [code]: unknown[] = await once(system, "exit");
    expect(code).toBe(0);

    const lines = readFileSync(truth, "utf8")
      .trim()
      .split("\n")
      .map((line) => v.parse(truthLine, JSON.parse(line)));
    const hit = lines.filter(({ hits }) => hits > 0);
    expect(lines.map(({ kind }) => kind).sort()).toEqual([...met, ...others, "clock-step"].sort());
    expect(met.filter((kind) => !hit.some((line) => line.kind === kind))).toEqual([]);
    for (const { kind, file, line, from = 0n, to = 0n, on, off } of hit) {
      const source = readFileSync(join("examples/ledger", file), "utf8").split("\n")[line - 1];
      expect(source).toContain(`isOn("${kind}")`);
      expect([kind, on <= from, from <= to, to <= off]).toEqual([kind, true, true, true]);
    }
  });

  it("waits for what a service that is busy has to tell of an incident", async () => {
    const truth = join(folder, "busy.jsonl");
    const load = [
      "--load",
      "8",
      "--pattern",
      "Invalid Input",
      "--rate",
      "10",
      "--incident",
      "event-loop-block@1-6",
      "--truth",
      truth,
    ];
    const environment = { ...process.env, LEDGER_DATA: join(folder, "busy") };
    const system = spawn(process.execPath, ["examples/ledger/system.mjs", ...load], {
      stdio: "ignore",
      env: environment,
    });
    const [code]: unknown[] = await once(system, "exit");
    expect(code).toBe(0);
    const [line, ...more] = readFileSync(truth, "utf8").trim().split("\n");
    const { hits, from = 0n, to = 0n } = v.parse(truthLine, JSON.parse(line ?? ""));
    expect(more).toEqual([]);
    expect(hits).toBeGreaterThan(1);
    expect(to).toBeGreaterThan(from);
  });
});
