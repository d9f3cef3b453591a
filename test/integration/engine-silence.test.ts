// An engine that stands still (SIGSTOP, a debugger, a disk that does not answer) is told from one that is slow, and is not
// waited for without end.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EngineChild } from "../../src/serve/engine-child.js";
import { steadyCallTo } from "../../src/serve/steady-call.js";

const silentAfter = 4;
const entry = fileURLToPath(new URL("../../out/node/engine-process.js", import.meta.url));

describe.skipIf(process.platform === "win32")("an engine's signs of life", () => {
  let folder: string;
  let engine: EngineChild;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
    mkdirSync(join(folder, "tmp"));
    vi.stubEnv("TMPDIR", join(folder, "tmp"));
    const environment = { ...process.env, XDG_DATA_HOME: join(folder, "data"), XDG_STATE_HOME: join(folder, "state") };
    // Nobody would wait that long for one that is only asked to end.
    engine = new EngineChild({ entry, environment, silentAfter, stopWithinMs: 600_000 });
    await engine.connect();
  });
  afterEach(async () => {
    await engine.stop();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The engine's process is sent it. */
  const signal = (name: NodeJS.Signals): void => void process.kill(engine.pid ?? 0, name);
  const never = new AbortController().signal;

  /** Whether it was called silent while `work` was done. */
  async function isSilentWhile(work: () => Promise<unknown>): Promise<boolean> {
    const asking = new AbortController();
    let isSilent = false;
    const asked = engine.whenSilent(asking.signal).then(() => (isSilent = !asking.signal.aborted));
    await work();
    asking.abort();
    await asked;
    return isSilent;
  }

  it("come while it runs, for as long as anybody asks", async () => {
    expect(await isSilentWhile(() => wait((silentAfter + 2) * 1000))).toBe(false);
  });

  it("come again when it goes on before they are missed", async () => {
    const isSilent = await isSilentWhile(async () => {
      for (let stops = 0; stops < 3; stops++) {
        signal("SIGSTOP");
        await wait(1500);
        signal("SIGCONT");
        await wait(1500);
      }
    });
    expect(isSilent).toBe(false);
  });

  it("are missed when it stands still, and then it is not asked to end but ended, with nothing left behind", async () => {
    const call = steadyCallTo(engine);
    const created = await call("recording.create", { path: join(folder, "a.hindcast"), capture: {} });
    expect(created.ok).toBe(true);
    const { pid } = engine;
    signal("SIGSTOP");
    expect(await engine.whenSilent(never)).toBe(silentAfter);
    await engine.stop();
    expect(() => process.kill(pid ?? 0, 0)).toThrow("ESRCH");
    expect(readdirSync(join(folder, "tmp"))).toEqual([]);
  });

  it("are those of the next engine when it is killed meanwhile", async () => {
    const isSilent = await isSilentWhile(async () => {
      signal("SIGSTOP");
      await wait(1500);
      const { pid } = engine;
      signal("SIGKILL");
      while (engine.pid === pid) await wait(5);
      await engine.connect();
      await wait((silentAfter + 2) * 1000);
    });
    expect(isSilent).toBe(false);
  });
});
