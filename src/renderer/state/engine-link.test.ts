import { describe, expect, it } from "vitest";
import { ok } from "../../shared/base/result.js";
import { Turns } from "./turns.js";
import { openTestRecording, settled, summaryOf, testEngine } from "./engine.test-support.js";

const versions = () => Promise.resolve(ok({ version: "1.2.3", formatVersion: 1 }));
const waitFor = async (isTrue: () => boolean) => {
  for (let i = 0; i < 100 && !isTrue(); i++) await settled();
  expect(isTrue()).toBe(true);
};

describe("EngineLink", () => {
  it("holds calls until the first connection and counts them", async () => {
    const { link } = testEngine({ "engine.versions": versions });
    const answer = link.call("engine.versions", {});
    expect([link.status, link.callsInFlight]).toEqual(["connecting", 1]);
    expect(await answer).toEqual(ok({ version: "1.2.3", formatVersion: 1 }));
    expect([link.status, link.callsInFlight]).toEqual(["ready", 0]);
  });

  it("fails what was under way when the line breaks, and comes back by itself", async () => {
    const engine = testEngine({ "engine.versions": () => new Promise(() => undefined) });
    const lost = engine.link.call("engine.versions", {});
    await settled();
    engine.lose();
    expect(await lost).toMatchObject({ ok: false, error: { code: "engine-lost" } });
    await waitFor(() => engine.link.status === "ready");
  });

  it("hands over what State asked at once while the playhead is dragged, and what other panes asked one a frame after that", async () => {
    const frames: (() => void)[] = [];
    const turns = new Turns((work) => frames.push(work));
    const { link } = testEngine({}, turns);
    const of = { recordingId: "r1" };
    const at = { kind: "instant", instant: 5n } as const;
    const said: string[] = [];
    const ask = () => {
      void link.call("logs.page", { ...of, first: 0, limit: 10 }).then(() => said.push("logs"));
      void link.call("events.rowAt", { ...of, instant: 5n }).then(() => said.push("events"));
      void link
        .call("state.lastWriter", { ...of, process: 1, scope: "a", path: "", at })
        .then(() => said.push("state"));
    };
    const shown = async (): Promise<string> => {
      frames.shift()?.();
      await settled();
      return said.splice(0).join(" ");
    };
    turns.moved(true);
    ask();
    await settled();
    expect([await shown(), await shown(), await shown()]).toEqual(["state", "logs", "events"]);
    ask();
    await settled();
    expect(said.splice(0)).toEqual(["state"]);
    turns.moved(false);
    expect(await shown()).toBe("logs events");
  });

  it("opens a recording again after a reconnect", async () => {
    const engine = testEngine({ "recording.open": () => Promise.resolve(ok({ ...summaryOf(20), recordingId: "r2" })) });
    const recording = openTestRecording(engine, summaryOf(10));
    await settled();
    engine.lose();
    await waitFor(() => recording.summary.recordingId === "r2");
    expect([engine.asked, recording.durationNs]).toEqual([["recording.open"], 20e9]);
  });
});
