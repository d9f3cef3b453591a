import { describe, expect, it } from "vitest";
import { failed, ok } from "../../shared/base/result.js";
import type { CallArgs } from "../../shared/protocol/engine-calls.js";
import type { Pin, RecordingSummary } from "../../shared/protocol/recording-summary.js";
import { hindcastError } from "../../shared/protocol/errors.js";
import { openTestRecording, second, settled, start, summaryOf, testEngine } from "../state/engine.test-support.js";
import type { Mark } from "../state/marks.svelte.js";
import { Selection } from "../state/selection.svelte.js";
import { Toasts } from "../state/toasts.svelte.js";
import { KeepStretch } from "./keep-stretch.svelte.js";
import { Overlays } from "./overlays.svelte.js";

/** Evicted from one second to another. */
const gap = (from: number, to: number): Mark => ({
  ...{ kind: "gap", process: 1, label: "evicted", lost: 5, reason: "evicted" },
  ...{ since: start + BigInt(from * second), instant: start + BigInt(to * second) },
  ...{ sinceNs: from * second, offsetNs: to * second },
});

async function liveRecording(limits: RecordingSummary["limits"], marks: readonly Mark[] = []) {
  const pins: Pin[] = [];
  const summary = () => ({ ...summaryOf(60, "live"), limits, pins: [...pins] });
  const asked: CallArgs<"recording.pin">[] = [];
  const engine = testEngine({
    "recording.pin": (args) => {
      asked.push(args);
      if (args.label === "full") return Promise.resolve(failed(hindcastError("disk-full", { path: "/r1.hindcast" })));
      const pin = { pin: pins.length + 1, label: args.label, from: args.from, to: args.to };
      pins.push(pin);
      return Promise.resolve(ok(pin));
    },
    "recording.unpin": ({ pin }) => {
      pins.splice(
        pins.findIndex((one) => one.pin === pin),
        1,
      );
      return Promise.resolve(ok({}));
    },
    "recording.summary": () => Promise.resolve(ok(summary())),
  });
  await settled();
  const [selection, overlays, toasts] = [new Selection(), new Overlays(), new Toasts()];
  const workspace = { recording: openTestRecording(engine, summary()), selection, marks: { all: marks } };
  return { keep: new KeepStretch({ session: { workspace }, overlays, toasts }), selection, overlays, toasts, asked };
}

describe("KeepStretch", () => {
  it("keeps what was selected when it was asked for, and knows it as soon as it is kept", async () => {
    const { keep, selection, overlays, asked } = await liveRecording({ maxAgeMs: 1000 });
    selection.selectRange(2 * second, 5 * second);
    keep.start();
    expect(overlays.shown).toBe("kept-stretches");
    selection.clearRange();
    keep.label = "  slow checkout ";
    await keep.keep();
    const [from, to] = [start + 2_000_000_000n, start + 5_000_000_000n];
    expect(asked).toEqual([{ recordingId: "r1", from, to, label: "slow checkout" }]);
    expect([overlays.shown, keep.kept]).toEqual([undefined, [{ pin: 1, label: "slow checkout", from, to }]]);
    const [pin] = keep.kept;
    if (pin !== undefined) await keep.letGo(pin);
    expect(keep.kept).toEqual([]);
  });

  it("says when a part of it is gone already", async () => {
    const { keep, selection } = await liveRecording({ maxAgeMs: 1000 }, [gap(0, 10), gap(20, 30)]);
    const isPartlyGone = (from: number, to: number): boolean => {
      selection.selectRange(from * second, to * second);
      keep.start();
      return keep.isPartlyGone;
    };
    expect([isPartlyGone(9, 12), isPartlyGone(10, 20), isPartlyGone(15, 35), isPartlyGone(30, 31)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    keep.list();
    expect(keep.isPartlyGone).toBe(false);
  });

  it("says why nothing is kept: no limits, no selection, or what the engine says", async () => {
    const endless = await liveRecording(undefined);
    endless.keep.start();
    const { keep, selection, overlays, toasts } = await liveRecording({ maxAgeMs: 1000 });
    keep.start();
    expect([...endless.toasts.shown, ...toasts.shown].map(({ message }) => message)).toEqual([
      "This recording has no limits: all of it is kept.",
      "Select a stretch of time first: i where it begins, o where it ends.",
    ]);
    selection.selectRange(0, second);
    keep.start();
    keep.label = "full";
    await keep.keep();
    expect([overlays.shown, keep.error?.code]).toEqual(["kept-stretches", "disk-full"]);
  });
});
