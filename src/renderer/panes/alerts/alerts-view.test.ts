import { describe, expect, it } from "vitest";
import type { Alert as StoredAlert } from "../../../shared/protocol/alert-calls.js";
import { failed, ok } from "../../../shared/base/result.js";
import { hindcastError } from "../../../shared/protocol/errors.js";
import { Alerts } from "../../state/alerts.svelte.js";
import { openTestRecording, second, settled, start, summaryOf, testEngine } from "../../state/engine.test-support.js";
import { Marks } from "../../state/marks.svelte.js";
import { Playhead } from "../../state/playhead.svelte.js";
import { Toasts } from "../../state/toasts.svelte.js";
import { AlertsView, canAcknowledge, canResolve } from "./alerts-view.svelte.js";

const alertAt = (seconds: number, rule: string, more: Partial<StoredAlert> = {}): StoredAlert => ({
  id: rule,
  rule,
  severity: "high",
  group: { service: "auth" },
  labels: {},
  message: `${rule} is bad`,
  first: start + BigInt(seconds * second),
  last: start + BigInt(seconds * second),
  count: 1,
  isSuppressed: false,
  notes: [],
  ...more,
});

async function opened(stored: StoredAlert[]) {
  const answers = { isFull: false };
  const change = (id: string, with_: (one: StoredAlert) => StoredAlert) => {
    if (answers.isFull) return Promise.resolve(failed(hindcastError("disk-full", { path: "/a" })));
    const at = stored.findIndex((one) => one.id === id);
    const one = stored[at];
    if (one === undefined) throw new Error(`no ${id}`);
    stored[at] = with_(one);
    return Promise.resolve(ok({ alert: stored[at] }));
  };
  const engine = testEngine({
    "alerts.list": () =>
      Promise.resolve(
        ok({
          alerts: [...stored],
          firings: stored.map(({ id, last }) => ({ alert: id, at: last, said: [], outcomes: [] })),
          silences: [],
        }),
      ),
    "rules.live": () => Promise.resolve(ok({ rules: [], problems: [], records: 0, late: 0, untold: 0 })),
    "alerts.acknowledge": ({ id }) => change(id, (one) => ({ ...one, acknowledged: { at: 1n, by: "ann" } })),
    "alerts.resolve": ({ id }) => change(id, (one) => ({ ...one, resolved: { at: 1n, by: "ann" } })),
    "alerts.note": ({ id, text }) =>
      change(id, (one) => ({ ...one, notes: [...one.notes, { at: 1n, by: "ann", text }] })),
  });
  const recording = openTestRecording(engine, summaryOf(20));
  const [playhead, toasts, alerts] = [new Playhead(recording), new Toasts(), new Alerts(recording)];
  const marks = new Marks(recording, undefined, alerts);
  const view = new AlertsView({ alerts, playhead, toasts });
  await settled();
  const states = (): string[] => view.shown.map(({ rule, state }) => `${rule} ${state}`);
  return { answers, playhead, toasts, alerts, marks, view, states };
}

describe("AlertsView", () => {
  it("finds alerts by their words and state, and goes to where one fired last", async () => {
    const { view, states, playhead } = await opened([
      alertAt(3, "memory"),
      alertAt(5, "errors", { recovered: start, message: "" }),
      alertAt(6, "slow", { isSuppressed: true, group: {} }),
    ]);
    expect(states()).toEqual(["memory firing", "errors recovered", "slow suppressed"]);
    view.filterBy("AUTH");
    expect(states()).toEqual(["memory firing", "errors recovered"]);
    view.filterBy("", "recovered");
    expect(states()).toEqual(["errors recovered"]);
    view.jump(0);
    expect([playhead.offsetNs, view.active?.rule]).toEqual([5 * second, "errors"]);
  });

  it("acknowledges, notes and resolves, once each", async () => {
    const { view, states, alerts, answers } = await opened([alertAt(3, "memory")]);
    view.stand(0);
    const active = () => {
      if (view.active === undefined) throw new Error("none is active");
      return view.active;
    };
    await view.acknowledge(active());
    await settled();
    expect([states(), canAcknowledge(active()), canResolve(active())]).toEqual([["memory acknowledged"], false, true]);
    view.draft = "  the deploy ";
    answers.isFull = true;
    await view.note();
    expect(view.draft).toBe("  the deploy ");
    answers.isFull = false;
    await view.note();
    await settled();
    expect([view.draft, alerts.all[0]?.notes.map(({ text }) => text)]).toEqual(["", ["the deploy"]]);
    await view.resolve(active());
    await settled();
    expect([states(), canResolve(active())]).toEqual([["memory resolved"], false]);
    view.filterBy("", "open");
    expect(states()).toEqual([]);
  });

  it("has its incidents among the marks of the ruler", async () => {
    const { marks } = await opened([alertAt(3, "memory"), alertAt(1, "errors", { group: {}, message: "" })]);
    expect(marks.all.map(({ kind, offsetNs, label }) => [kind, offsetNs, label])).toEqual([
      ["alert", second, "errors"],
      ["alert", 3 * second, "memory: service auth: memory is bad"],
    ]);
  });
});
