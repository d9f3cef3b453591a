import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CancelSource } from "../shared/base/cancel.js";
import type { AgentRecord } from "../shared/protocol/agent-records.js";
import type { CallArgs } from "../shared/protocol/engine-calls.js";
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import { objectId } from "../shared/trace/value.js";
import { TestEngine } from "./engine.test-support.js";
import { RecordMaker, SocketAgent, helloOf } from "./socket-agent.test-support.js";
import { mayMount } from "./may-mount.test-support.js";

describe("recording.copy", () => {
  let engine: TestEngine;
  beforeEach(() => {
    engine = new TestEngine();
  });
  afterEach(() => engine.dispose());

  /** Counts in a tracked object; every batch has `perBatch` rounds of a log line and the write it speaks of. */
  class Counting {
    readonly #maker = new RecordMaker();
    #batches = 0;
    n = 0;

    private constructor(
      readonly summary: RecordingSummary,
      readonly agent: SocketAgent,
    ) {}

    static async start(): Promise<Counting> {
      const { summary, socketPath, token } = await engine.record();
      const counting = new Counting(summary, await SocketAgent.greet(socketPath, helloOf({ token })));
      const [root, place] = [objectId(1), { location: 0, span: 0, afterMs: Number.NaN }];
      const contents = { kind: "object", className: "Object", entries: [] } as const;
      await counting.#send([
        counting.#maker.make({ kind: "write", ...place, operation: { kind: "contents", target: root, contents } }),
        counting.#maker.make({
          kind: "write",
          ...place,
          operation: { kind: "scope", scope: "count", value: { kind: "object", id: root } },
        }),
      ]);
      return counting;
    }

    async goOn(perBatch = 1): Promise<void> {
      const records: AgentRecord[] = [];
      for (let left = perBatch; left > 0; left--) {
        const value = { kind: "primitive", value: ++this.n } as const;
        const operation = { kind: "set", target: objectId(1), key: "n", value } as const;
        const body = `count ${this.n} ${"x".repeat(perBatch > 1 ? 200 : 0)}`;
        records.push(
          this.#maker.make({ kind: "log", severity: 9, span: 0, source: 0, body, attributes: {} }),
          this.#maker.make({ kind: "write", location: 0, span: 0, afterMs: Number.NaN, operation }),
        );
      }
      await this.#send(records);
    }

    async #send(records: readonly AgentRecord[]): Promise<void> {
      this.agent.batch(++this.#batches, records);
      await this.agent.acknowledged(this.#batches);
    }
  }

  const stateAt = async ({ recordingId }: { readonly recordingId: string }, instant: bigint): Promise<unknown> => {
    const at = { kind: "instant", instant } as const;
    return (await engine.call("state.at", { recordingId, process: 1, scope: "count", at })).value;
  };
  const codeOf = async (args: CallArgs<"recording.copy">): Promise<string> => {
    const copied = await engine.try("recording.copy", args);
    return copied.ok ? "ok" : `${copied.error.code} ${copied.error.details["path"] ?? ""}`.replace(engine.folder, "");
  };

  it("is one moment of a recording that goes on, with the same state at every instant until then", async () => {
    const counting = await Counting.start();
    const { recordingId } = counting.summary;
    for (let round = 0; round < 10; round++) await counting.goOn(4000); // long enough to be overtaken by commits
    let isCopied = false;
    const copying = engine.call("recording.copy", { recordingId, path: engine.path("copy.hindcast") }).finally(() => {
      isCopied = true;
    });
    while (!isCopied) await counting.goOn();
    await counting.goOn();
    const { path, sizeBytes } = await copying;
    expect(statSync(path)).toMatchObject({ size: sizeBytes, mode: 0o100600 });

    const copy = await engine.call("recording.open", { path });
    expect(copy.state).toBe("saved");
    expect(copy.counts.logs).toBeGreaterThanOrEqual(40_000);
    expect(copy.counts.logs).toBeLessThan(counting.n);
    expect(copy.counts.writes).toBe(copy.counts.logs + 2);
    expect(await stateAt(copy, copy.end)).toEqual({ n: copy.counts.logs });
    for (let ns = copy.start; ns <= copy.end; ns += (copy.end - copy.start) / 20n)
      expect(await stateAt(copy, ns)).toEqual(await stateAt(counting.summary, ns));
    expect(await stateAt(counting.summary, counting.summary.start + 1_000_000_000_000n)).toEqual({ n: counting.n });
    expect(readdirSync(engine.folder).filter((name) => /part|copy.*wal/.test(name))).toEqual([]);
  });

  it("is all of a saved recording, and of a copy", async () => {
    const counting = await Counting.start();
    await counting.goOn(30);
    await counting.agent.bye(100, 3);
    const saved = await engine.call("recording.stop", { recordingId: counting.summary.recordingId });
    const first = await engine.call("recording.copy", { ...saved, path: engine.path("first.hindcast") });
    // In smaller blocks, of which less is left free.
    expect(first.sizeBytes).toBeLessThan(saved.sizeBytes * 0.7);
    const copy = await engine.call("recording.open", first);
    const second = await engine.call("recording.copy", { ...copy, path: engine.path("second.hindcast") });
    const copyOfCopy = await engine.call("recording.open", second);
    const facts = ({ start, end, processes, scopes, counts }: RecordingSummary) => [
      start,
      end,
      processes,
      scopes,
      counts,
    ];
    expect(facts(copy)).toEqual(facts(saved));
    expect(facts(copyOfCopy)).toEqual(facts(saved));
    const marks = await engine.call("timeline.marks", saved);
    expect(await engine.call("timeline.marks", copyOfCopy)).toEqual(marks);
  });

  it("replaces nothing unless told to, and never what is open", async () => {
    const counting = await Counting.start();
    const { recordingId, path: own } = counting.summary;
    writeFileSync(engine.path("taken.hindcast"), "mine");
    writeFileSync(engine.path("gone.hindcast.wal"), "log of another");
    mkdirSync(engine.path("folder"));
    const socket = createServer();
    await once(socket.listen(engine.path("socket")), "listening");
    expect([
      await codeOf({ recordingId, path: engine.path("taken.hindcast") }),
      await codeOf({ recordingId, path: engine.path("gone.hindcast") }),
      await codeOf({ recordingId, path: engine.path("folder"), overwrite: true }),
      await codeOf({ recordingId, path: engine.path("socket"), overwrite: true }),
      await codeOf({ recordingId, path: engine.path("nowhere/copy.hindcast") }),
      await codeOf({ recordingId, path: own }),
      await codeOf({ recordingId, path: own, overwrite: true }),
    ]).toEqual([
      "file-exists /taken.hindcast",
      "file-exists /gone.hindcast.wal",
      "cannot-write /folder",
      "cannot-write /socket",
      "no-such-folder /nowhere",
      "cannot-write /test.hindcast",
      "cannot-write /test.hindcast",
    ]);
    expect(readFileSync(engine.path("taken.hindcast"), "utf8")).toBe("mine");
    expect(statSync(engine.path("socket")).isSocket()).toBe(true);
    socket.close();

    for (const name of ["taken.hindcast", "gone.hindcast"]) {
      expect(await codeOf({ recordingId, path: engine.path(name), overwrite: true })).toBe("ok");
      expect((await engine.call("recording.open", { path: engine.path(name) })).counts.writes).toBe(2);
    }
  });

  it("can be given up, and leaves nothing then", async () => {
    const counting = await Counting.start();
    await counting.goOn(2000);
    const { recordingId } = counting.summary;
    const args = { recordingId, path: engine.path("copy.hindcast") };
    const signal = new CancelSource();
    const copying = engine.handlers["recording.copy"](args, signal);
    await expect
      .poll(() => readdirSync(engine.folder).some((name) => name.endsWith(".part")), { interval: 1 })
      .toBe(true);
    signal.abort();
    const copied = await copying;
    expect(copied).toMatchObject({ ok: false, error: { code: "cancelled" } });
    expect(readdirSync(engine.folder).filter((name) => name.includes("copy"))).toEqual([]);
    expect(await codeOf(args)).toBe("ok");
  });

  it("removes what a copy left whose process was killed, and nothing of a running one", async () => {
    const { summary } = await Counting.start();
    const abandoned = `.copy.hindcast.${endedProcess()}-0123abcd.part`;
    const running = `.copy.hindcast.${process.pid}-0123abcd.part`;
    for (const name of [abandoned, `${abandoned}.wal`, running]) writeFileSync(engine.path(name), "");
    expect(await codeOf({ ...summary, path: engine.path("copy.hindcast") })).toBe("ok");
    expect(readdirSync(engine.folder).filter((name) => name.includes(".part"))).toEqual([running]);
  });

  it.runIf(process.platform !== "win32")(
    "is what is left of a recording whose file is gone, and that it is gone is told at once",
    async () => {
      const counting = await Counting.start();
      const { recordingId, path } = counting.summary;
      rmSync(path);
      const told = () =>
        engine.notices.flatMap((notice) => (notice.kind === "recording-failed" ? [notice.error.code] : []));
      for (let left = 200; left > 0 && told().length === 0; left--) {
        await counting.goOn();
        await wait(20);
      }
      expect(told()).toEqual(["recording-vanished"]);
      expect((await engine.call("recording.summary", { recordingId })).failure?.code).toBe("recording-vanished");
      const copied = await engine.call("recording.copy", { recordingId, path: engine.path("copy.hindcast") });
      const copy = await engine.call("recording.open", copied);
      expect(await stateAt(copy, copy.end)).toEqual({ n: counting.n });
      expect(await engine.try("recording.stop", { recordingId })).toMatchObject({
        error: { code: "recording-vanished" },
      });
    },
  );

  it("names a path that is free: the folder for recordings that nobody named, the name, the time", async () => {
    const { summary } = await Counting.start();
    const { path } = await engine.call("recording.copyPath", summary);
    expect(path.replace(engine.folder, "")).toMatch(/hindcast.recordings.test-\d{8}-\d{6}\.hindcast$/);
    expect(await codeOf({ ...summary, path })).toBe("ok");
    expect(await codeOf({ ...summary, path: path.replace(/.*[/\\]/, "") })).toMatch(/^file-exists /);
  });

  it.skipIf(!mayMount)("says when the disk is full (needs root: a file system of 1 MB is mounted)", async () => {
    const counting = await Counting.start();
    for (let round = 0; round < 4; round++) await counting.goOn(4000);
    const small = engine.path("small");
    mkdirSync(small);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "none", small]);
    try {
      const { recordingId } = counting.summary;
      expect(await codeOf({ recordingId, path: join(small, "copy.hindcast") })).toBe("disk-full /small/copy.hindcast");
      expect(readdirSync(small)).toEqual([]);
    } finally {
      execFileSync("umount", [small]);
    }
    await counting.goOn();
    expect(await codeOf({ ...counting.summary, path: engine.path("copy.hindcast") })).toBe("ok");
  });
});

function endedProcess(): string {
  return execFileSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }).trim();
}
