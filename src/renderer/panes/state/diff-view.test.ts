import { describe, expect, it } from "vitest";
import { ok } from "../../../shared/base/result.js";
import type { CallArgs } from "../../../shared/protocol/engine-calls.js";
import {
  openTestRecording,
  second,
  settled,
  start,
  summaryOf,
  testEngine,
  testFrames,
} from "../../state/engine.test-support.js";
import { Playhead } from "../../state/playhead.svelte.js";
import { Selection } from "../../state/selection.svelte.js";
import { type Against, againstFrom } from "../../state/state-place.js";
import { againstChoices, choiceOf } from "./diff-against.js";
import { DiffView } from "./diff-view.svelte.js";

type At = CallArgs<"state.diff">["a"];
const notes = [{ id: "n1", offsetNs: 2 * second, text: "slow\nsecond line" }];
const secondsOf = (at: At | undefined) => (at?.kind === "instant" ? Number(at.instant - start) / second : at?.kind);

function setUp() {
  const asked: CallArgs<"state.diff">[] = [];
  const engine = testEngine({
    "state.diff": (args) => {
      asked.push(args);
      return Promise.resolve(ok({ truncated: false, uncertain: [], changes: [] }));
    },
  });
  const recording = openTestRecording(engine, summaryOf(10));
  const [playhead, selection] = [new Playhead(recording, testFrames()), new Selection()];
  const tree = {
    scope: { process: 1, scope: "s", firstSeen: start },
    lastWrite: undefined,
    get at() {
      return playhead.at;
    },
  };
  const view = new DiffView(recording, playhead, { selection, tree, notes: { all: notes } });
  const ends = (against: Against) => {
    view.compareWith(against);
    return view.ends === undefined ? "none" : `${secondsOf(view.ends.a)} to ${secondsOf(view.ends.b)}`;
  };
  return { asked, playhead, selection, view, ends };
}

describe("DiffView", () => {
  it("compares the playhead with another instant, the earlier one first", () => {
    const { playhead, selection, ends } = setUp();
    playhead.moveTo(5 * second);
    selection.selectRange(1 * second, 8 * second);
    expect([
      ends({ kind: "itself" }),
      ends({ kind: "start" }),
      ends({ kind: "end" }),
      ends({ kind: "note", id: "n1" }),
      ends({ kind: "time", text: "+7.5s" }),
    ]).toEqual(["1 to 8", "1 to 5", "5 to 8", "2 to 5", "5 to 7.5"]);
  });

  it("compares nothing while the other instant is not there", () => {
    const { ends } = setUp();
    expect([
      ends({ kind: "itself" }),
      ends({ kind: "start" }),
      ends({ kind: "note", id: "gone" }),
      ends({ kind: "time", text: "soon" }),
      ends({ kind: "time", text: "" }),
    ]).toEqual(Array.from({ length: 5 }, () => "none"));
  });

  it("asks for what is compared, and not for a typed time outside the recording", async () => {
    const { asked, playhead, view, ends } = setUp();
    playhead.moveTo(5 * second);
    expect(ends({ kind: "time", text: "+99s" })).toBe("none");
    view.load();
    view.compareWith({ kind: "time", text: "+1s" });
    view.load();
    await settled();
    expect(asked.map(({ a, b }) => [secondsOf(a), secondsOf(b)])).toEqual([[1, 5]]);
  });
});

describe("choices of what is compared", () => {
  it("are read back as what they stand for", () => {
    const choices = againstChoices({ range: undefined, notes }, (ns) => `${ns / second} s`);
    expect(choices.map(({ text, isOff }) => `${text}${isOff === true ? " (off)" : ""}`)).toEqual([
      "Before and after the last write",
      "Playhead and selection's start (off)",
      "Playhead and selection's end (off)",
      "Playhead and “slow”, 2 s",
      "Playhead and a time…",
    ]);
    for (const { value } of choices) expect(choiceOf(againstFrom(value))).toBe(value);
    expect(againstFrom("time +1s")).toEqual({ kind: "time", text: "+1s" });
  });
});
