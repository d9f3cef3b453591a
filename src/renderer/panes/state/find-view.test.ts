import { describe, expect, it } from "vitest";
import { ok } from "../../../shared/base/result.js";
import type { CallArgs } from "../../../shared/protocol/engine-calls.js";
import { instant } from "../../../shared/trace/time.js";
import {
  openTestRecording,
  settled,
  start,
  summaryOf,
  testEngine,
  testFrames,
} from "../../state/engine.test-support.js";
import { Playhead } from "../../state/playhead.svelte.js";
import { Selection } from "../../state/selection.svelte.js";
import { FindView, foundText } from "./find-view.svelte.js";

const value = (path: string) => ({ scope: "s", path, text: "1", type: "number" });

describe("FindView", () => {
  const setUp = () => {
    const asked: CallArgs<"state.find">[] = [];
    const engine = testEngine({
      "state.find": (args) => {
        asked.push(args);
        return Promise.resolve(ok({ isWhole: true, values: [value(args.text)] }));
      },
    });
    const recording = openTestRecording(engine, summaryOf(10));
    const tree = {
      scope: { process: 2, scope: "s", firstSeen: start },
      at: { kind: "instant", instant: instant(start) } as const,
    };
    return { asked, view: new FindView(recording, new Playhead(recording, testFrames()), new Selection(), tree) };
  };

  it("asks for what is typed, once, in all scopes of the process", async () => {
    const { asked, view } = setUp();
    view.load();
    view.look("  acc ");
    view.load();
    view.load();
    await settled();
    expect(asked.map(({ process, text, scopes }) => [process, text, scopes])).toEqual([[2, "acc", undefined]]);
    expect(view.query.value?.values.map(({ path }) => path)).toEqual(["acc"]);
  });

  it("forgets what it found when another text is looked for, and asks again for the same after a pause", async () => {
    const { asked, view } = setUp();
    for (const text of ["a", "b", "", "b"]) {
      view.look(text);
      view.load();
      if (text !== "") expect(view.query.value).toBeUndefined();
      await settled();
    }
    expect(asked.map(({ text }) => text)).toEqual(["a", "b", "b"]);
    expect(view.query.value?.values[0]?.path).toBe("b");
  });
});

describe("foundText", () => {
  it("says how many, and that there may be more", () => {
    const many = Array.from({ length: 2000 }, () => value("a"));
    expect([
      foundText({ isWhole: true, values: [value("a")] }),
      foundText({ isWhole: false, values: [] }),
      foundText({ isWhole: false, values: many }).startsWith("the first 2"),
    ]).toEqual(["1 value", "0 values, not all looked at", true]);
  });
});
