import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { engineCalls } from "./engine-calls.js";

describe("the level of a program that is started from the window", () => {
  it("may be calls, which are chosen when it is started or never", () => {
    const launch = { command: ["node", "a.js"], cwd: "/", environment: {}, capture: { level: "calls" }, limits: {} };
    expect(v.is(engineCalls["recording.launch"].args, launch)).toBe(true);
    const lists = { environment: [], include: [], exclude: [] };
    const texts = { name: "a", folder: "", commandLine: "node a.js", keepAge: "", keepSize: "" };
    expect(v.is(engineCalls["launch.save"].args, { ...texts, ...lists, writes: true, level: "calls" })).toBe(true);
    expect(v.is(engineCalls["recording.level"].args, { recordingId: "a", level: "requests" })).toBe(true);
    expect(v.is(engineCalls["recording.level"].args, { recordingId: "a", level: "calls" })).toBe(false);
  });
});
