import { describe, expect, it } from "vitest";
import { failed } from "../../shared/base/result.js";
import type { RunningProgram } from "../../shared/protocol/attach-calls.js";
import type { CallArgs } from "../../shared/protocol/engine-calls.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import { start, testEngine } from "../state/engine.test-support.js";
import { Session } from "../state/session.svelte.js";
import { firstChoices } from "../state/settings.svelte.js";
import { Toasts } from "../state/toasts.svelte.js";
import { AttachDraft } from "./attach-draft.svelte.js";
import { Overlays } from "./overlays.svelte.js";

const carts: RunningProgram = {
  pid: 4711,
  name: "carts",
  script: "/srv/carts/server.js",
  argv: ["node", "server.js"],
  started: start,
  memoryBytes: 1,
  ports: [3000],
  isRecorded: false,
};

/** Attaching fails; a recording that opens needs a page. */
function draftWith(failure: HindcastError = hindcastError("program-busy")) {
  const asked: CallArgs<"recording.attach">[] = [];
  const { link } = testEngine({
    "recording.attach": (args) => {
      asked.push(args);
      return Promise.resolve(failed(failure));
    },
  });
  const [toasts, overlays] = [new Toasts(), new Overlays()];
  const session = new Session(link, toasts);
  return {
    asked,
    toasts,
    overlays,
    session,
    draft: new AttachDraft({ session, overlays, settings: { choices: firstChoices } }),
  };
}

describe("what is to be attached to", () => {
  it("is a program of the list, recorded as was said", async () => {
    const { draft, asked, overlays } = draftWith();
    draft.choose(carts);
    expect([overlays.shown, draft.name, draft.mustDecide]).toEqual(["attach", "carts (4711)", false]);
    draft.addLine();
    draft.write(0, "open=globalThis.carts");
    draft.addLine();
    draft.level = "metrics";
    draft.keepAge = "30m";
    const attached = draft.attach();
    expect(overlays.shown).toBeUndefined();
    await attached;
    expect(asked).toEqual([
      {
        target: { kind: "pid", pid: 4711 },
        track: [{ name: "open", expression: "globalThis.carts" }],
        signal: false,
        capture: { level: "metrics" },
        limits: { maxAgeMs: 1_800_000 },
      },
    ]);
  });

  it("is an address or a process id that is typed, and nothing else", () => {
    const { draft } = draftWith();
    const typed = ["carts", " 127.0.0.1:9229 ", "4711"].map((text) => {
      draft.address = text;
      return [draft.chooseTyped(), draft.name];
    });
    expect(typed).toEqual([
      [false, "a program"],
      [true, "127.0.0.1:9229"],
      [true, "process 4711"],
    ]);
  });

  it("is not attached to while a line or a limit is wrong", () => {
    const { draft } = draftWith();
    draft.choose(carts);
    expect(draft.canAttach).toBe(true);
    draft.addLine();
    draft.write(0, "=carts");
    expect([draft.canAttach, draft.problemOf(0)]).toEqual([false, expect.stringContaining("NAME=EXPRESSION")]);
    draft.removeLine(0);
    draft.keepSize = "much";
    expect(draft.canAttach).toBe(false);
  });

  it("says what went wrong where it can be put right, and not until something else is chosen", async () => {
    const failure = hindcastError("bad-tracked", { name: "carts", reason: "there is nothing" });
    const { draft, overlays, session, toasts } = draftWith(failure);
    draft.choose(carts);
    draft.addLine();
    draft.write(0, "carts");
    await draft.attach();
    expect([session.shown.kind, overlays.shown, draft.error, draft.lines[0]?.text]).toEqual([
      "welcome",
      "attach",
      failure,
      "carts",
    ]);
    expect(toasts.shown).toEqual([]);
    draft.choose(carts);
    expect(draft.error).toBeUndefined();
  });

  it("asks the person where nobody can tell whether the signal does harm", async () => {
    const { draft, asked } = draftWith(hindcastError("signal-unsure", { target: "Process 4711", reason: "" }));
    draft.address = "4711";
    draft.chooseTyped();
    await draft.attach();
    expect([draft.mustDecide, draft.canAttach]).toEqual([true, false]);
    await draft.attach();
    draft.maySignal = true;
    await draft.attach();
    expect(asked.map(({ signal }) => signal)).toEqual([false, true]);
  });
});
