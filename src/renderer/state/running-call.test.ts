import { describe, expect, it } from "vitest";
import { ok } from "../../shared/base/result.js";
import { openTestRecording, settled, summaryOf, testEngine, testFrames } from "./engine.test-support.js";
import { Playhead } from "./playhead.svelte.js";
import { Query } from "./query.svelte.js";
import { RunningCall, together } from "./running-call.svelte.js";
import { Session } from "./session.svelte.js";
import { Toasts } from "./toasts.svelte.js";

describe("together", () => {
  it("is as far as what began first, and cancels and repeats what there is to cancel and repeat", async () => {
    const [one, two] = [new Query<number>(), new Query<number>()];
    const both = together(one, two);
    one.load(() => Promise.resolve(ok(1)));
    await settled();
    const log: string[] = [];
    const asking =
      (name: string, done: number) => (signal: AbortSignal, tell: Parameters<Parameters<typeof one.load>[0]>[1]) => {
        log.push(`ask ${name}`);
        signal.addEventListener("abort", () => log.push(`abort ${name}`));
        tell({ phase: name, done, total: 4, unit: "rows" });
        return new Promise<never>(() => undefined);
      };
    one.load(asking("one", 1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    two.load(asking("two", 3));
    // What is answered at once concerns nobody.
    expect([both.sinceMs, both.phase]).toEqual([undefined, undefined]);
    await new Promise((resolve) => setTimeout(resolve, 350));
    expect([both.phase, both.share, both.isStopped]).toEqual(["one", 0.25, false]);
    both.cancel();
    expect([both.sinceMs, both.isStopped]).toEqual([undefined, true]);
    both.retry();
    expect(log).toEqual(["ask one", "ask two", "abort one", "abort two", "ask one"]);
  });
});

describe("RunningCall", () => {
  it("gives up the call before", async () => {
    const running = new RunningCall();
    const aborted: boolean[] = [];
    const never = (signal: AbortSignal) =>
      new Promise<never>(() => signal.addEventListener("abort", () => aborted.push(true)));
    void running.run(never);
    expect(await running.run(() => Promise.resolve(ok(2)))).toEqual(ok(2));
    expect([aborted, running.runningSinceMs]).toEqual([[true], undefined]);
  });
});

describe("a recording that is opened", () => {
  it("can be given up and asked for again; the latest wish wins", async () => {
    const answers: (() => void)[] = [];
    const engine = testEngine({
      "recording.open": ({ path }) =>
        new Promise((resolve) => answers.push(() => resolve(ok({ ...summaryOf(1), path, name: path })))),
    });
    const session = new Session(engine.link, new Toasts());
    const opening = session.open("/a.hindcast");
    await settled();
    session.cancel();
    await opening;
    const { shown } = session;
    expect(shown).toMatchObject({ kind: "stopped", what: "Opening /a.hindcast" });
    if (shown.kind === "stopped") shown.again();
    await settled();
    expect(session.shown.kind).toBe("opening");
    const other = session.open("/b.hindcast");
    await settled();
    for (const answer of answers) answer();
    await other;
    expect(session.workspace?.recording.summary.path).toBe("/b.hindcast");
    expect(engine.asked.filter((name) => name === "recording.open")).toHaveLength(3);
  });
});

describe("a step that takes long", () => {
  it("is cancelled with those that wait for it, and says nothing went wrong", async () => {
    const engine = testEngine({ "timeline.step": () => new Promise(() => undefined) });
    const playhead = new Playhead(openTestRecording(engine, summaryOf(10)), testFrames());
    const steps = [playhead.step("next"), playhead.step("next"), playhead.step("next")];
    await settled();
    expect(playhead.stepping.runningSinceMs).toBeDefined();
    playhead.stepping.cancel();
    await Promise.all(steps);
    expect([engine.asked, playhead.stepFailure]).toEqual([["timeline.step"], undefined]);
  });
});
