import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { agentEnvironment, withAgent } from "./agent-environment.js";
import { placesIn, programName, recordingFileName } from "./places.js";

describe("placesIn", () => {
  it.each([
    ["linux", {}, "/home/u/.local/share/hindcast/recordings", "/home/u/.local/state/hindcast/recents.json"],
    ["linux", { XDG_DATA_HOME: "/d", XDG_STATE_HOME: "/s" }, "/d/hindcast/recordings", "/s/hindcast/recents.json"],
    [
      "linux",
      { XDG_DATA_HOME: "" },
      "/home/u/.local/share/hindcast/recordings",
      "/home/u/.local/state/hindcast/recents.json",
    ],
    [
      "darwin",
      {},
      "/home/u/Library/Application Support/Hindcast/recordings",
      "/home/u/Library/Application Support/Hindcast/recents.json",
    ],
  ] as const)("on %s with %j", (platform, environment, recordings, recents) => {
    const places = placesIn("/app", { HOME: "/home/u", ...environment }, platform);
    expect([places.recordings, places.recents]).toEqual([recordings, recents]);
  });
});

describe("names of new recordings", () => {
  it.each([
    [["node", "server.js", "--port", "1"], "server"],
    [["/usr/bin/node", "--inspect", "src/app.mjs"], "app"],
    [["npm", "start"], "npm"],
    [["node"], "node"],
  ])("of %j", (command, name) => {
    expect(programName(command)).toBe(name);
  });

  it.each([
    [["npm", "start"], "shop"],
    [["npm", "run", "start"], "shop"],
    [["pnpm", "run", "--silent", "dev"], "shop-dev"],
    [["yarn", "test"], "shop-test"],
    [["npm"], "npm"],
    [["node", "server.js"], "server"],
  ])("of %j in a folder", (command, name) => {
    expect(programName(command, "/home/u/shop")).toBe(name);
  });

  it("have the time, and only characters that every file system takes", () => {
    const at = new Date(2026, 10, 21, 8, 5, 9);
    expect(recordingFileName("ledger", at)).toBe("ledger-20261121-080509.hindcast");
    expect(recordingFileName("../a b/ü", at)).toBe("a-b-20261121-080509.hindcast");
    expect(recordingFileName("", at)).toBe("recording-20261121-080509.hindcast");
  });
});

describe("the environment of a recorded program", () => {
  const settings = { level: "requests", include: [], exclude: [], writes: true } as const;

  it("preloads an agent whose path has spaces, quotes and backslashes, and keeps NODE_OPTIONS that were set", () => {
    const folder = mkdtempSync(join(tmpdir(), 'hindcast "quoted" \\ folder '));
    try {
      const agent = join(folder, "agent.cjs");
      writeFileSync(agent, "process.stdout.write('preloaded ')");
      const added = agentEnvironment(
        agent,
        { socketPath: "s", token: "t", hostPid: 7 },
        { ...settings, include: [], exclude: [] },
      );
      const environment = withAgent({ ...process.env, NODE_OPTIONS: "--stack-trace-limit=7" }, added);
      const printed = execFileSync(process.execPath, ["-p", "Error.stackTraceLimit"], {
        env: environment,
        encoding: "utf8",
      });
      expect(printed.trim()).toBe("preloaded 7");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
