import { describe, expect, it } from "vitest";
import type { ProcessSummary } from "../shared/protocol/recording-summary.js";
import { instant, processId, seq } from "../shared/trace/time.js";
import { MessageOrder } from "./replay/cut.js";
import { uncertaintyOf } from "./state-cut.js";

type Known = Pick<ProcessSummary, "process" | "start" | "ended" | "clock">;

const processOf = (process: number, clock: ProcessSummary["clock"], more: Partial<Known> = {}): ProcessSummary =>
  ({ process, start: 0n, clock, ...more }) as ProcessSummary;

describe("the uncertainty of a cut", () => {
  const cut = new MessageOrder().atInstant(instant(1000n));

  it("is what lies between the clocks of those that ran then, with what is not known of each", () => {
    const [first, second] = [
      { offsetNs: 0n, uncertaintyNs: 10n },
      { offsetNs: 300n, uncertaintyNs: 20n },
    ];
    expect(uncertaintyOf(cut, [processOf(1, first)])).toBe(20n);
    // By the engine's clock 990 to 1010, and 680 to 720.
    expect(uncertaintyOf(cut, [processOf(1, first), processOf(2, second)])).toBe(330n);
    const later = processOf(2, second, { start: 1001n });
    const gone = processOf(2, second, { ended: { at: 999n } });
    for (const other of [later, gone]) expect(uncertaintyOf(cut, [processOf(1, first), other])).toBe(20n);
  });

  it("is not known where a clock was not measured, and nothing where nobody ran", () => {
    const first = processOf(1, { offsetNs: 0n, uncertaintyNs: 10n });
    expect(uncertaintyOf(cut, [first, processOf(2, undefined)])).toBeUndefined();
    expect(uncertaintyOf(cut, [processOf(1, undefined, { start: 5000n })])).toBe(0n);
  });

  it("counts how far a process is shown behind the instant", () => {
    const order = new MessageOrder();
    // Sent at 1500 by the first's clock, received at 900 by the second's: at 1000 that is shown up to before it.
    order.add({
      sent: { process: processId(1), seq: seq(5), instant: instant(1500n) },
      received: { process: processId(2), seq: seq(7), instant: instant(900n) },
    });
    const moved = order.atInstant(instant(1000n));
    const clock = { offsetNs: 0n, uncertaintyNs: 0n };
    const shownNs = moved.of(processId(2)).movedNs ?? 0n;
    expect(shownNs).not.toBe(0n);
    const expected = shownNs < 0n ? -shownNs : shownNs;
    expect(uncertaintyOf(moved, [processOf(1, clock), processOf(2, clock)])).toBe(expected);
  });
});
