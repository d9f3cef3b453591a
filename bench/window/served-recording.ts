// A recording of a busy program, and the host that serves the window on it, as a user starts it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { repositoryRoot } from "../../tools/run-step.js";
import { withEngine } from "../engine/engine-child.js";
import { WireAgent } from "../engine/wire-agent.js";
import { type BusySize, busyProgram, timeOriginMs } from "./busy-program.js";

export interface Made {
  readonly spans: number;
  readonly logs: number;
}

/** Records it into `path`; the counts are the file's own. */
export const makeBusyRecording = (path: string, size: BusySize): Promise<Made> =>
  withEngine(async (engine) => {
    const { summary, environment } = await engine.call("recording.create", { path, capture: {} });
    const agent = await WireAgent.greet(environment, timeOriginMs);
    const program = busyProgram(size);
    for (const batch of program.batches()) await agent.send(batch);
    await agent.bye(program.clockMs(), program.written());
    const { counts } = await engine.call("recording.stop", { recordingId: summary.recordingId });
    return { spans: counts.spans, logs: counts.logs };
  });

export class ServedWindow {
  private constructor(
    readonly child: ChildProcess,
    /** With its one-time token. */
    readonly url: string,
  ) {}

  /** Keeps what it writes of its own in `folder`. */
  static async start(folder: string): Promise<ServedWindow> {
    const child = spawn(
      process.execPath,
      [join(repositoryRoot, "out/node/cli.js"), "serve", "--port", "0", "--no-open"],
      {
        cwd: folder,
        env: { ...process.env, XDG_DATA_HOME: folder, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /http:\/\/\S+/.exec(line)?.[0];
      if (url === undefined) continue;
      child.stdout.resume();
      return new ServedWindow(child, url);
    }
    throw new Error("hindcast serve ended without printing its address");
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const gone = once(this.child, "exit");
    this.child.kill();
    await gone;
  }
}
