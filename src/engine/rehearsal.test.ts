import { describe, expect, it } from "vitest";
import { instant } from "../shared/trace/time.js";
import { Rehearsal, type RehearsedLook, looksAt } from "./rehearsal.js";

const look = (process: number): RehearsedLook => ({
  call: "state.scopes",
  args: { recordingId: "a", process, at: { kind: "instant", instant: 0n }, offset: 0, limit: 1 },
});

describe("a rehearsal", () => {
  it("looks at all places when nobody asks, once an engine", async () => {
    const rehearsal = new Rehearsal();
    const seen: (number | undefined)[] = [];
    const begin = (looks: readonly RehearsedLook[]): Promise<void> =>
      rehearsal.begin(looks, ({ args }) => {
        seen.push("process" in args ? args.process : undefined);
        return Promise.resolve(true);
      });
    await begin([look(1), look(2)]);
    await begin([look(3)]);
    expect(seen).toEqual([1, 2]);
  });

  it("gives up the look under way when somebody asks, and goes on only when they have their answer", async () => {
    const rehearsal = new Rehearsal();
    const seen: string[] = [];
    let answer = (): void => undefined;
    await rehearsal.begin([look(1), look(2)], async ({ args }, signal) => {
      if ("process" in args && args.process === 1) {
        const answered = new Promise<void>((resolve) => (answer = resolve));
        void rehearsal.during(() => answered).then(() => seen.push("answered"));
        seen.push(`first ${signal.aborted ? "given up" : "goes on"}`);
        setImmediate(() => answer());
        return false;
      }
      seen.push(`second ${signal.aborted ? "given up" : "goes on"}`);
      return Promise.resolve(true);
    });
    expect(seen).toEqual(["first given up", "answered", "second goes on"]);
  });

  it("ends with the first look that fails of itself", async () => {
    const seen: string[] = [];
    await new Rehearsal().begin([look(1), look(2)], ({ call }) => {
      seen.push(call);
      return Promise.resolve(false);
    });
    expect(seen).toEqual(["state.scopes"]);
  });

  const process = (number: number) => ({ process: number, start: instant(1000n), lastSeen: instant(2000n) });
  const none = { events: 0, spans: 0, logs: 0, metrics: 0, writes: 0, lost: 0 };
  const recording = {
    start: instant(1000n),
    end: instant(2000n),
    processes: [process(1), process(2)],
    scopes: [1, 2, 2].map((number, at) => ({ process: number, scope: `scope ${at}` })),
    counts: none,
  };
  const looksOf = (counts: Partial<typeof none>): RehearsedLook[] => [
    ...looksAt("a", { ...recording, counts: { ...none, ...counts } }),
  ];

  it("is of the process with the most scopes, all over its time", () => {
    const instants: number[] = [];
    const calls = new Set<string>();
    for (const { call, args } of looksOf({ writes: 100_000 })) {
      if (call !== "state.scopes" && call !== "state.rows") continue;
      calls.add(call);
      expect(args.process).toBe(2);
      instants.push(args.at.kind === "instant" ? Number(args.at.instant) : 0);
    }
    expect(calls).toEqual(new Set(["state.scopes", "state.rows"]));
    const sorted = [1000, ...instants.sort((a, b) => a - b), 2000];
    expect(Math.max(...sorted.slice(1).map((at, index) => at - (sorted[index] ?? 0)))).toBeLessThan(100);
  });

  it("reads the bytes of state before it looks at state, where there is much", () => {
    const calls = looksOf({ writes: 100_000 }).map(({ call }) => call);
    const [first, last] = [calls.indexOf("ahead"), calls.lastIndexOf("ahead")];
    expect([first >= 0, calls.indexOf("state.scopes")]).toEqual([true, last + 1]);
    const ofMetrics = looksOf({ metrics: 100_000 }).filter((one) => one.call === "ahead");
    expect(new Set(ofMetrics.map(({ of }) => of))).toEqual(new Set(["metrics"]));
  });

  it("reads what metrics are by the second when all else is done", () => {
    const looks = looksOf({ metrics: 100_000, writes: 100_000 });
    const first = looks.findIndex((one) => one.call === "ahead" && one.of === "metrics");
    expect(first).toBeGreaterThan(0);
    expect(looks.slice(first).every((one) => one.call === "ahead" && one.of === "metrics")).toBe(true);
  });

  it("is of what there is much of: metrics at every zoom, and searches in the last part", () => {
    expect(looksOf({ writes: 99_999, metrics: 99_999 })).toEqual([]);
    const lengths = new Set<number>();
    for (const { call, args } of looksOf({ metrics: 100_000 })) {
      if (call === "ahead") continue;
      if (call !== "metrics.range") throw new Error(call);
      expect([args.from >= recording.start, args.to <= recording.end]).toEqual([true, true]);
      lengths.add(Number(args.to - args.from));
    }
    expect([...lengths]).toEqual([1000, 500, 250, 125, 62, 31, 15, 7]);
    const searches = looksOf({ logs: 60_000, spans: 40_000 });
    expect(new Set(searches.map(({ call }) => call))).toEqual(new Set(["search.page"]));
    for (const { call, args } of searches) if (call === "search.page") expect(args.from).toBe(1985n);
  });
});
