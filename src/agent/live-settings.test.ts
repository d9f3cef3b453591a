import { describe, expect, it } from "vitest";
import { type LiveParts, WhileRequests, liveSettings } from "./live-settings.js";

function told(calls?: { isActive: boolean }): { take: ReturnType<typeof liveSettings>; said: string[] } {
  const said: string[] = [];
  const whileRequests = new WhileRequests(() => {
    said.push("probes in");
    return [() => said.push("first out"), () => said.push("second out")];
  });
  const parts: LiveParts = {
    capture: { change: (stages) => void said.push(`stages ${stages.length}`) },
    sink: {
      event: (name, attributes) => void said.push(`${name} ${JSON.stringify(attributes)}`),
      pause: (isPaused) => void said.push(isPaused ? "pause" : "go on"),
    },
    whileRequests,
    calls,
  };
  whileRequests.turn(true);
  said.length = 0;
  return { take: liveSettings(parts), said };
}

describe("liveSettings", () => {
  it("does only what is new, although all that was said so far is told each time", () => {
    const { take, said } = told();
    take({ pipeline: [{ stage: "drop" }] });
    take({ pipeline: [{ stage: "drop" }], level: "requests" });
    expect(said).toEqual(["go on", "stages 1", "go on"]);
  });

  it("records no calls any more at a lower level, and says so once", () => {
    const calls = { isActive: true };
    const { take, said } = told(calls);
    take({ level: "requests" });
    take({ level: "requests" });
    expect(calls.isActive).toBe(false);
    expect(said.filter((what) => what !== "go on")).toEqual(['hindcast.capture.changed {"level":"requests"}']);
  });

  it("puts back what the level needed in the opposite order, and says so", () => {
    const { take, said } = told();
    take({ level: "metrics" });
    take({ level: "metrics" });
    take({ level: "requests" });
    expect(said.filter((what) => what !== "go on")).toEqual([
      "second out",
      "first out",
      'hindcast.capture.changed {"level":"metrics"}',
      "probes in",
      'hindcast.capture.changed {"level":"requests"}',
    ]);
  });

  it("changes the rest before it pauses, and after it goes on: so that it is recorded", () => {
    const { take, said } = told();
    take({ level: "metrics", paused: true });
    take({ level: "requests", paused: false });
    expect(said).toEqual([
      "second out",
      "first out",
      'hindcast.capture.changed {"level":"metrics"}',
      "pause",
      "go on",
      "probes in",
      'hindcast.capture.changed {"level":"requests"}',
    ]);
  });

  it("does what is told in a pause when it is over: so that it is recorded, too", () => {
    const { take, said } = told();
    take({ paused: true });
    take({ level: "metrics", pipeline: [{ stage: "drop" }], paused: true });
    expect(said).toEqual(["pause"]);
    take({ level: "metrics", pipeline: [{ stage: "drop" }], paused: false });
    expect(said).toEqual([
      "pause",
      "go on",
      "stages 1",
      "second out",
      "first out",
      'hindcast.capture.changed {"level":"metrics"}',
    ]);
  });
});
