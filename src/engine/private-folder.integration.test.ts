import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPrivateFolder, sweepPrivateFolders } from "./private-folder.js";

describe("sweeping private folders", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "sweep-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** As if the process that made the folder had the id, or the start time, of another. */
  function disown(path: string, process: Readonly<Record<string, unknown>>): void {
    const file = join(path, "owners.json");
    const known: { process: object } = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...known, process: { ...known.process, ...process } }));
  }

  it("leaves those of processes that live, and what is not ours", async () => {
    const kept = await createPrivateFolder(undefined, folder);
    mkdirSync(join(folder, "hindcast-window-x"));
    mkdirSync(join(folder, "other"));
    await sweepPrivateFolders(folder);
    expect(readdirSync(folder).length).toBe(3);
    await kept.dispose();
    expect(readdirSync(folder)).toEqual(["hindcast-window-x", "other"]);
  });

  it("removes copies whose reader was killed", async () => {
    const gone = spawn(process.execPath, ["-e", ""]);
    await once(gone, "exit");
    for (const pid of [gone.pid, process.pid]) {
      mkdirSync(join(folder, `hindcast-open-${pid}-x`));
      writeFileSync(join(folder, `hindcast-open-${pid}-x`, "a.hindcast"), "copied");
    }
    await sweepPrivateFolders(folder);
    expect(readdirSync(folder)).toEqual([`hindcast-open-${process.pid}-x`]);
  });

  it("knows a process whose id was given to another by when it started", async () => {
    disown((await createPrivateFolder(undefined, folder)).path, { started: "1" });
    await sweepPrivateFolders(folder);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("ends the programs of a process that is gone, also those that do not want to", async () => {
    const { path, holdsProgram } = await createPrivateFolder(undefined, folder);
    const script = `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up")`;
    const program = spawn(process.execPath, ["-e", script], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
    const ended = once(program, "exit");
    await once(program.stdout, "data");
    await holdsProgram(program.pid ?? 0);
    disown(path, { pid: 2 ** 30 });
    await sweepPrivateFolders(folder);
    expect([(await ended)[1], readdirSync(folder)]).toEqual(["SIGKILL", []]);
  });
});
