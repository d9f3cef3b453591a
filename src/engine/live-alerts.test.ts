import { describe, expect, it } from "vitest";
import type { Silence } from "../shared/protocol/alert-calls.js";
import { randomFrom } from "../shared/base/random.test-support.js";
import { LiveAlerts, alertKey } from "./live-alerts.js";
import { alertsAfter, noAlerts } from "./store/alerts.js";

const newIds = (): (() => string) => {
  let last = 0;
  return () => `alert ${++last}`;
};
const fired = (at: bigint, service = "a") => ({
  rule: "r",
  severity: "high" as const,
  labels: { team: "core" },
  group: { service },
  at,
  message: `at ${at}`,
  said: [`alert(at ${at})`],
});
const key = alertKey("r", { service: "a" });

describe("LiveAlerts", () => {
  it("makes an alert of a rule and group, and counts its incidents", () => {
    const alerts = new LiveAlerts(newIds());
    alerts.fired(fired(10n));
    alerts.recovered(key, 20n);
    alerts.fired(fired(30n));
    alerts.fired(fired(30n, "b"));
    const { alerts: all, firings } = alerts.kept;
    expect(
      all.map(({ id, count, first, last, recovered, message }) => [id, count, first, last, recovered, message]),
    ).toEqual([
      ["alert 1", 2, 10n, 30n, undefined, "at 30"],
      ["alert 2", 1, 30n, 30n, undefined, "at 30"],
    ]);
    expect(firings.map(({ alert, at, recovered }) => [alert, at, recovered])).toEqual([
      ["alert 1", 10n, 20n],
      ["alert 1", 30n, undefined],
      ["alert 2", 30n, undefined],
    ]);
  });

  it("tells of an incident that is known once, also when its beginning is seen a little otherwise", () => {
    const alerts = new LiveAlerts(newIds());
    expect(alerts.fired(fired(10n)).incident?.firing.at).toBe(10n);
    for (const at of [10n, 15n]) expect(alerts.fired(fired(at))).toEqual({ changes: [], incident: undefined });
    alerts.recovered(key, 20n);
    expect(alerts.fired(fired(18n)).incident).toBeUndefined();
    expect(alerts.fired(fired(21n)).incident?.alert.count).toBe(2);
  });

  it("begins another alert once somebody has resolved one", () => {
    const alerts = new LiveAlerts(newIds());
    const first = alerts.fired(fired(10n)).incident?.alert;
    if (first === undefined) throw new Error("it did not fire");
    alerts.recovered(key, 20n);
    alerts.note([{ kind: "alert", alert: { ...first, recovered: 20n, resolved: { at: 25n, by: "me" } } }]);
    expect(alerts.fired(fired(30n)).incident?.alert).toMatchObject({ id: "alert 2", count: 1, first: 30n });
  });

  it("suppresses what fires within a silence of which all labels are its own", () => {
    const silence = (labels: Record<string, string>): Silence => {
      return { id: "s", labels, since: 5n, until: 15n, author: "", text: "" };
    };
    const isSuppressed = (labels: Record<string, string>, at: bigint): boolean | undefined => {
      const alerts = new LiveAlerts(newIds());
      alerts.note([{ kind: "silence", silence: silence(labels) }]);
      return alerts.fired(fired(at)).incident?.alert.isSuppressed;
    };
    expect(isSuppressed({ rule: "r", service: "a" }, 10n)).toBe(true);
    expect(isSuppressed({ team: "core", severity: "high" }, 5n)).toBe(true);
    expect(isSuppressed({ rule: "r", service: "b" }, 10n)).toBe(false);
    expect(isSuppressed({ rule: "r" }, 15n)).toBe(false);
  });

  it.each([1, 2, 3, 4])("has in memory what its changes make of the recording (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const alerts = new LiveAlerts(newIds());
    let kept = noAlerts;
    for (let at = 1n; at < 400n; at++) {
      const service = random() < 0.5 ? "a" : "b";
      const changes =
        random() < 0.5 ? alerts.fired(fired(at, service)).changes : alerts.recovered(alertKey("r", { service }), at);
      kept = alertsAfter(kept, changes);
      if (random() < 0.05) {
        const one = kept.alerts[Math.floor(random() * kept.alerts.length)];
        if (one === undefined) continue;
        const change = { kind: "alert", alert: { ...one, resolved: { at, by: "" } } } as const;
        alerts.note([change]);
        kept = alertsAfter(kept, [change]);
      }
    }
    expect(kept.firings.length).toBeGreaterThan(50);
    expect(alerts.kept).toEqual(kept);
    // And who reads it all again goes on the same way.
    expect(new LiveAlerts(newIds(), kept).kept).toEqual(kept);
  });
});
