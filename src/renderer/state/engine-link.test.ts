import { describe, expect, it } from "vitest";
import { ok } from "../../shared/base/result.js";
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

  it("opens a recording again after a reconnect", async () => {
    const engine = testEngine({ "recording.open": () => Promise.resolve(ok({ ...summaryOf(20), recordingId: "r2" })) });
    const recording = openTestRecording(engine, summaryOf(10));
    await settled();
    engine.lose();
    await waitFor(() => recording.summary.recordingId === "r2");
    expect([engine.asked, recording.durationNs]).toEqual([["recording.open"], 20e9]);
  });
});
