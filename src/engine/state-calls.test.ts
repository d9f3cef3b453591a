import { describe, expect, it } from "vitest";
import { ok } from "../shared/base/result.js";
import type { CallArgs } from "../shared/protocol/engine-calls.js";
import type { MessageEdge } from "../shared/trace/message.js";
import { type ProcessId, type Seq, instant, processId, seq } from "../shared/trace/time.js";
import type { Loss, RecordedWrite } from "../shared/trace/write.js";
import type { RecordingAccess } from "./recording-access.js";
import { historyFrom } from "./replay/notation.test-support.js";
import { isUpTo } from "./replay/state-at.js";
import { StateCalls } from "./state-calls.js";

/** A recording whose rows are these writes; process 2, where given, runs beside process 1. */
function callsOver(
  first: string,
  second = "",
  losses: readonly Loss[] = [],
  messages: readonly MessageEdge[] = [],
): StateCalls {
  const ofSecond = historyFrom(second).map((write) => ({ ...write, process: processId(2) }));
  const all: readonly RecordedWrite[] = [...historyFrom(first), ...ofSecond];
  const processes = [1, ...(second === "" ? [] : [2])].map((process) => ({
    process,
    pid: process,
    kind: "process" as const,
    serviceName: "app",
    argv: [],
    cwd: "/",
    nodeVersion: "v20",
    level: "requests" as const,
    start: 0n,
    lastSeen: 1000n,
    category: 1,
    written: 0,
    dropped: 0,
  }));
  const scopes = all.flatMap(({ process, instant: firstSeen, operation }) =>
    operation.kind === "scope" ? [{ process, scope: operation.scope, firstSeen }] : [],
  );
  const ofProcess = (process: ProcessId) => all.filter((write) => write.process === process);
  const access: RecordingAccess = {
    writes: {
      read: (process, after: Seq, upTo) =>
        Promise.resolve(ofProcess(process).filter((write) => write.seq > after && isUpTo(write, upTo))),
    },
    messages: {
      buckets: (_known, bucketNs) =>
        Promise.resolve({
          last: messages.length,
          buckets: messages.map(({ sent, received }) => ({
            sender: sent.process,
            receiver: received.process,
            bucket: Number(received.instant / bucketNs),
            sentSeq: sent.seq,
            sentAt: sent.instant,
            backAt: sent.instant < received.instant ? undefined : sent.instant,
          })),
        }),
      earliest: () => Promise.resolve(undefined),
      read: () => Promise.resolve(messages),
      awaited: () => Promise.resolve([]),
    },
    facts: () => ({ state: "saved", start: instant(0n), end: instant(1000n), processes, scopes }),
    losses: () => Promise.resolve(losses),
    generation: () => 1,
    instantOf: (process, seq) =>
      Promise.resolve(ofProcess(process).findLast((write) => write.seq <= seq)?.instant ?? instant(0n)),
  };
  return new StateCalls(() => ok(access));
}

const common = { recordingId: "r", process: 1, scope: "s" };
const atSeq = (seq: number, process = 1) => ({ kind: "seq", process, seq }) as const;
const atInstant = (ns: bigint) => ({ kind: "instant", instant: ns }) as const;
const value = async <Value>(answer: Promise<{ ok: boolean; value?: Value; error?: unknown }>) => {
  const settled = await answer;
  return settled.ok ? settled.value : settled.error;
};

// seq:        1           2              3           4           5            6               7
const story = "@1={a: @2}; @2={balance: 1}; scope s=@1; @2.balance=2; @3={balance: 9}; @1.a=@3; delete @3.balance";

describe("state.at", () => {
  const valueAt = async (at: CallArgs<"state.at">["at"]) => {
    const answer = await callsOver(story).at({ ...common, at });
    return answer.ok
      ? `${answer.value.value === undefined ? "absent" : JSON.stringify(answer.value.value)} #${answer.value.seq}`
      : answer.error.code;
  };

  it("is the state exactly after a write, or as an instant found it", async () => {
    expect([
      await valueAt(atSeq(2)),
      await valueAt(atSeq(3)),
      await valueAt(atInstant(49n)),
      await valueAt(atInstant(60n)),
      await valueAt(atSeq(99)),
    ]).toEqual([
      "absent #2",
      '{"a":{"balance":1}} #3',
      '{"a":{"balance":2}} #4',
      '{"a":{"balance":9}} #6',
      '{"a":{}} #7',
    ]);
  });

  it("is what another process's position was at the same time", async () => {
    const calls = callsOver(story, "@1={}; scope other=@1; @1.x=1; @1.x=2");
    const answer = await calls.at({ ...common, at: atSeq(4, 2) });
    expect(answer).toMatchObject({ ok: true, value: { seq: 4 } });
  });

  it("names what there is when asked for something else", async () => {
    const calls = callsOver(story);
    expect([
      await value(calls.at({ ...common, scope: "t", at: atSeq(1) })),
      await value(calls.at({ ...common, process: 7, at: atSeq(1) })),
    ]).toEqual([
      { code: "no-such-scope", details: { scope: "t", known: "s" } },
      { code: "no-such-process", details: { process: "7" } },
    ]);
  });
});

describe("state.value", () => {
  const at = async (path: string, seq: number, json = false) => {
    const answer = await callsOver(story).value({ ...common, path, at: atSeq(seq), json });
    if (!answer.ok) return answer.error.code;
    const { text, isChanged, previous, json: whole } = answer.value;
    return `${text}${isChanged ? ` was ${previous}` : ""}${whole === undefined ? "" : ` ${JSON.stringify(whole)}`}`;
  };

  it("is one value, as its row shows it and as JSON, and what the last write made of it", async () => {
    expect([
      await at("a.balance", 3),
      await at("a.balance", 4),
      await at("a", 4, true),
      await at("a", 6),
      await at("a.balance", 7),
      await at("a[", 7),
    ]).toEqual([
      "1",
      "2 was 1",
      '{balance: 2} was  {"balance":2}',
      "{balance: 9} was {balance: 2}",
      " was 9",
      "bad-path",
    ]);
  });
});

describe("state.find", () => {
  it("finds in the scopes that are named, or in all", async () => {
    const calls = callsOver("@1={a: 1, b: @2}; scope s=@1; @2={a: 2}; scope t=@2");
    const find = async (scopes: string[] | undefined, limit = 10) =>
      value(calls.find({ ...common, at: atSeq(4), text: "A", limit, ...(scopes === undefined ? {} : { scopes }) }));
    const inT = { scope: "t", path: "a", text: "2", type: "number" };
    const inS = [
      { scope: "s", path: "a", text: "1", type: "number" },
      { scope: "s", path: "b.a", text: "2", type: "number" },
    ];
    expect(await find(undefined)).toEqual({ isWhole: true, values: [...inS, inT] });
    expect(await find(["t"])).toEqual({ isWhole: true, values: [inT] });
    expect(await find(undefined, 1)).toEqual({ isWhole: false, values: inS.slice(0, 1) });
    expect(await find(["u"])).toMatchObject({ code: "no-such-scope" });
  });
});

describe("state.scopes", () => {
  const many = "@1={a: 1}; scope s=@1; @2=[1]; scope t=@2; scope late=5; @1.a=2";

  it("shows every scope that was there, closed unless it is named, as state.rows shows it by itself", async () => {
    const calls = callsOver(many);
    const window = { offset: 0, limit: 100 };
    const all = await value(
      calls.scopes({ ...common, at: atSeq(4), expanded: [{ scope: "t", paths: [""] }], ...window }),
    );
    expect(all).toMatchObject({
      scopes: ["s", "t"],
      firsts: Uint32Array.of(0, 1),
      seq: 4,
      rows: { total: 3, keys: ["s", "t", "0"], values: ["{a: 1}", "Array(1)", "1"] },
    });
    const one = await value(calls.scopes({ ...common, at: atSeq(6), scopes: ["s"], ...window }));
    expect(one).toMatchObject({
      rows: await value(calls.rows({ ...common, at: atSeq(6), expanded: [], ...window })),
    });
  });

  it("says in which positions a scope was written to", async () => {
    const calls = callsOver(many);
    const flags = async (at: number) => {
      const answer = await calls.scopes({ ...common, at: atSeq(at), offset: 0, limit: 100 });
      return answer.ok ? [...answer.value.rows.flags].map((flag) => (flag & 4) !== 0) : answer.error;
    };
    expect([await flags(4), await flags(5)]).toEqual([
      [false, true],
      [false, false, true],
    ]);
  });

  it("names what there is when asked for something else", async () => {
    const calls = callsOver(many);
    const window = { at: atSeq(1), offset: 0, limit: 1 };
    expect([
      await value(calls.scopes({ ...common, ...window, scopes: ["s", "x"] })),
      await value(calls.scopes({ ...common, ...window, process: 7 })),
    ]).toEqual([
      { code: "no-such-scope", details: { scope: "x", known: "s, t, late" } },
      { code: "no-such-process", details: { process: "7" } },
    ]);
  });
});

describe("state.diff", () => {
  it("gives the deepest paths that differ, either way", async () => {
    const calls = callsOver(story);
    const changes = async (a: number, b: number) => {
      const answer = await calls.diff({ ...common, a: atSeq(a), b: atSeq(b), limit: 10 });
      return answer.ok
        ? answer.value.changes.map((one) => `${one.path}: ${one.oldText} -> ${one.newText}`)
        : answer.error;
    };
    expect([await changes(3, 6), await changes(7, 3), await changes(4, 4)]).toEqual([
      ["a.balance: 1 -> 9"],
      ["a.balance:  -> 1"],
      [],
    ]);
  });
});

describe("state.history and state.lastWriter", () => {
  it("tell who wrote a value, with code location and both values", async () => {
    const answer = await callsOver(story).history({ ...common, path: "a.balance", limit: 10 });
    const lines = answer.ok
      ? answer.value.writes.map(
          (one) => `#${one.seq} ${one.path} ${one.oldText}->${one.newText} :${one.location?.line}`,
        )
      : answer.error;
    expect(lines).toEqual(["#3  ->1 :3", "#4 a.balance 1->2 :4", "#6 a 2->9 :6", "#7 a.balance 9-> :7"]);
  });

  it("gives the newest when there are more than asked for", async () => {
    const answer = await callsOver(story).history({ ...common, path: "a.balance", limit: 2 });
    expect(answer.ok && [answer.value.total, answer.value.writes.map((one) => one.seq)]).toEqual([4, [6, 7]]);
  });

  it("finds the last writer up to a position", async () => {
    const calls = callsOver(story);
    const seqAt = async (seq: number) => {
      const answer = await calls.lastWriter({ ...common, path: "a.balance", at: atSeq(seq) });
      return answer.ok ? answer.value.write?.seq : answer.error.code;
    };
    expect([await seqAt(2), await seqAt(3), await seqAt(5), await seqAt(9)]).toEqual([undefined, 3, 4, 7]);
  });

  it("tell of a write older than the newest thousand what the history told of it when it was new", async () => {
    const early = `${story}; @1.b=5`;
    const later = Array.from({ length: 1_200 }, (_, i) => `@1.b=${i}; @3.balance=${i}`).join("; ");
    const lastOf = async (whole: string, path: string, seq: number) => {
      const answer = await callsOver(whole).lastWriter({ ...common, path, at: atSeq(seq) });
      return answer.ok ? answer.value.write : answer.error;
    };
    for (const path of ["", "a", "a.balance"]) {
      for (const seq of [2, 3, 4, 5, 6, 7, 8])
        expect(await lastOf(`${early}; ${later}`, path, seq)).toEqual(await lastOf(early, path, seq));
    }
  });

  it("page through every write, from either end, also those older than the newest thousand", async () => {
    const count = 1300;
    const sets = Array.from({ length: count }, (_, index) => `@1.n=${index + 1}`).join("; ");
    const calls = callsOver(`@1={}; scope s=@1; ${sets}`);
    const all = Array.from({ length: count }, (_, index) => String(index + 1));
    const page = async (more: { before?: number; after?: number }) => {
      const answer = await calls.history({ ...common, path: "n", limit: 400, ...more });
      if (!answer.ok) throw new Error(answer.error.code);
      return answer.value.writes;
    };
    const forwards: string[] = [];
    for (let after = 0; ;) {
      const writes = await page({ after });
      forwards.push(...writes.map(({ newText }) => newText));
      after = writes.at(-1)?.seq ?? after;
      if (writes.length === 0) break;
    }
    const backwards: string[] = [];
    for (let before = Number.MAX_SAFE_INTEGER; ;) {
      const writes = await page({ before });
      backwards.unshift(...writes.map(({ newText }) => newText));
      before = writes[0]?.seq ?? before;
      if (writes.length === 0) break;
    }
    expect([forwards, backwards]).toEqual([all, all]);
  });

  it("refuse paths that are none and paths that name nothing", async () => {
    const calls = callsOver(story);
    expect([
      await value(calls.history({ ...common, path: "a[", limit: 1 })),
      await value(calls.history({ ...common, path: "a.nothing", limit: 1 })),
      await value(calls.lastWriter({ ...common, path: "b", at: atSeq(3) })),
    ]).toEqual([
      { code: "bad-path", details: { path: "a[", reason: 'the "[" at character 2 is never closed' } },
      { code: "no-such-path", details: { path: "a.nothing", scope: "s" } },
      { code: "no-such-path", details: { path: "b", scope: "s" } },
    ]);
  });
});

describe("timeline.step from write to write", () => {
  const second = "@1={}; scope other=@1; @1.x=1";
  const step = async (
    args: Partial<CallArgs<"timeline.step">> & Pick<CallArgs<"timeline.step">, "from" | "direction">,
  ) => {
    const answer = await callsOver(story, second).stepToWrite({ recordingId: "r", kind: "write", ...args });
    if (!answer.ok) return answer.error.code;
    const { position } = answer.value;
    return position === undefined ? "none" : `${position.process}#${position.seq} ${position.what}`;
  };

  it("stops at what somebody can see, in the order of all processes", async () => {
    expect([
      await step({ from: atInstant(0n), direction: "next" }),
      await step({ from: atSeq(2, 2), direction: "next" }),
      await step({ from: atSeq(3, 1), direction: "next" }),
      await step({ from: atSeq(4, 1), direction: "next" }),
      await step({ from: atSeq(7, 1), direction: "next" }),
      await step({ from: atInstant(999n), direction: "previous" }),
    ]).toEqual([
      "2#2 other = {}",
      "1#3 s = {a: {…1}}",
      "2#3 other.x = 1",
      "1#6 s.a = {balance: 9}",
      "none",
      "1#7 delete s.a.balance",
    ]);
  });

  it("keeps to one scope or process when told to", async () => {
    expect([
      await step({ from: atInstant(0n), direction: "next", scope: "s" }),
      await step({ from: atSeq(3, 1), direction: "next", process: 1 }),
      await step({ from: atSeq(3, 2), direction: "next", scope: "other" }),
      await step({ from: atInstant(0n), direction: "next", scope: "t" }),
    ]).toEqual(["1#3 s = {a: {…1}}", "1#4 s.a.balance = 2", "none", "no-such-scope"]);
  });
});

describe("after lost writes", () => {
  // seq 5 is missing; seqs 6 to 8 record everything anew.
  const recorded =
    "@1={a: @2}; @2={balance: 1}; scope s=@1; @2.balance=2; @2.balance=3; ~@1={a: @2}; ~@2={balance: 4}; ~scope s=@1";
  const loss = { seq: seq(5), since: instant(40n) };
  const calls = callsOver(recorded, "", [loss]);

  it("the state is uncertain until it was recorded anew, to everybody who asks", async () => {
    const uncertainAt = async (ns: bigint) => {
      const answer = await calls.at({ ...common, at: atInstant(ns) });
      return answer.ok ? answer.value.uncertain : answer.error;
    };
    expect([await uncertainAt(39n), await uncertainAt(55n), await uncertainAt(80n)]).toEqual([[], [""], []]);
    const rows = await calls.rows({ ...common, at: atInstant(55n), expanded: ["", "a"], offset: 0, limit: 9 });
    expect(rows.ok && [...rows.value.flags].map((flags) => flags & 32)).toEqual([32, 32, 32]);
    const diff = await calls.diff({ ...common, a: atInstant(55n), b: atInstant(80n), limit: 9 });
    expect(diff.ok && diff.value.uncertain).toEqual([""]);
    const history = await calls.history({ ...common, path: "a.balance", limit: 9 });
    expect(history.ok && history.value.missing).toEqual([{ since: 40n, until: 80n }]);
    const lastAt = async (ns: bigint) => {
      const answer = await calls.lastWriter({ ...common, path: "a.balance", at: atInstant(ns) });
      return answer.ok && answer.value.isUncertain;
    };
    expect([await lastAt(39n), await lastAt(55n), await lastAt(80n)]).toEqual([false, true, false]);
  });
});

describe("the state of several processes", () => {
  const end = (process: number, position: number) => ({
    process: processId(process),
    seq: seq(position),
    instant: instant(BigInt(position * 10)),
  });
  const other = "@1={x: 1}; scope other=@1; @1.x=2";
  // By their clocks, what changed `other` was received 30 ns before it was sent.
  const calls = callsOver(story, other, [], [{ sent: end(1, 6), received: end(2, 3) }]);
  const otherAt = { recordingId: "r", process: 2, scope: "other" };

  it("shows no effect of a message before its cause", async () => {
    const seen = async (ns: bigint) => {
      const answer = await calls.at({ ...otherAt, at: atInstant(ns) });
      return answer.ok && [JSON.stringify(answer.value.value), answer.value.cut?.movedNs];
    };
    expect([await seen(29n), await seen(45n), await seen(59n), await seen(60n)]).toEqual([
      ['{"x":1}', 0n],
      ['{"x":1}', -15n],
      ['{"x":1}', -29n],
      ['{"x":2}', 0n],
    ]);
  });

  it("shows the causes of the record that the playhead stands on", async () => {
    const answer = await calls.at({ ...common, at: atSeq(3, 2) });
    expect(answer.ok && [answer.value.value, answer.value.cut?.movedNs]).toEqual([{ a: { balance: 9 } }, 30n]);
    expect(answer.ok && answer.value.cut?.moved).toEqual([
      { process: 2, seq: 3, movedNs: 0n },
      { process: 1, seq: 6, movedNs: 30n },
    ]);
    const here = await calls.at({ ...otherAt, at: atSeq(3, 2) });
    expect(here.ok && [here.value.value, here.value.cut?.movedNs]).toEqual([{ x: 2 }, 0n]);
  });

  it("is the same state to everybody who asks", async () => {
    const at = atInstant(45n);
    const rows = await calls.rows({ ...otherAt, at, expanded: [""], offset: 0, limit: 9 });
    expect(rows.ok && [rows.value.values[1], rows.value.cut?.movedNs]).toEqual(["1", -15n]);
    const writer = await calls.lastWriter({ ...otherAt, path: "x", at });
    expect(writer.ok && writer.value.write?.seq).toBe(2);
    const diff = await calls.diff({ ...otherAt, a: atInstant(25n), b: at, limit: 9 });
    expect(diff.ok && diff.value.changes).toEqual([]);
  });

  it("is not said to be cut where there is one process", async () => {
    const answer = await callsOver(story).at({ ...common, at: atInstant(45n) });
    expect(answer.ok && answer.value.cut).toBeUndefined();
  });
});
