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
    const seen: number[] = [];
    const begin = (looks: readonly RehearsedLook[]): Promise<void> =>
      rehearsal.begin(looks, ({ args }) => {
        seen.push(args.process);
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
      if (args.process === 1) {
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
    const seen: number[] = [];
    await new Rehearsal().begin([look(1), look(2)], ({ args }) => {
      seen.push(args.process);
      return Promise.resolve(false);
    });
    expect(seen).toEqual([1]);
  });

  it("is of the process with the most scopes, all over its time", () => {
    const process = (number: number) => ({ process: number, start: instant(1000n), lastSeen: instant(2000n) });
    const recording = {
      processes: [process(1), process(2)],
      scopes: [1, 2, 2].map((number, at) => ({ process: number, scope: `scope ${at}` })),
    };
    const looks = [...looksAt("a", recording)];
    const instants = looks.map(({ args }) => (args.at.kind === "instant" ? Number(args.at.instant) : 0));
    expect(new Set(looks.map(({ args }) => args.process))).toEqual(new Set([2]));
    expect(new Set(looks.map(({ call }) => call))).toEqual(new Set(["state.scopes", "state.rows"]));
    const sorted = [1000, ...instants.sort((a, b) => a - b), 2000];
    expect(Math.max(...sorted.slice(1).map((at, index) => at - (sorted[index] ?? 0)))).toBeLessThan(100);
  });
});
