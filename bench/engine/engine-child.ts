// The engine in a process of its own, asked over the channel that hosts use.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import * as v from "valibot";
import { createCodec } from "../../src/shared/protocol/codec.js";
import type { CallArgs, CallResult, EngineCallName } from "../../src/shared/protocol/engine-calls.js";
import {
  type FromEngineProcess,
  type ToEngineProcess,
  fromEngineProcess,
} from "../../src/shared/protocol/engine-host.js";
import { engineV8Options } from "../../src/shared/protocol/engine-environment.js";
import { type EngineClient, type Transport, connectToEngine } from "../../src/shared/protocol/rpc.js";
import { repositoryRoot } from "../../tools/run-step.js";

export class BenchEngine {
  private constructor(
    readonly child: ChildProcess,
    readonly client: EngineClient,
  ) {}

  /** `folder` is where it keeps what is not recorded into a file that somebody named. */
  static async start(folder: string): Promise<BenchEngine> {
    const child = fork(join(repositoryRoot, "out/node/engine-process.js"), {
      env: { ...process.env, XDG_DATA_HOME: folder, XDG_STATE_HOME: folder },
      serialization: "advanced",
      // As hosts start it.
      execArgv: [...engineV8Options],
    });
    const listeners: ((bytes: Uint8Array) => void)[] = [];
    const send = (message: ToEngineProcess): void => void child.send(message);
    const ready = new Promise<void>((resolve) => {
      child.on("message", (raw) => {
        const told: FromEngineProcess = v.parse(fromEngineProcess, raw);
        if (told.kind === "ready") resolve();
        if (told.kind === "bytes") for (const listener of listeners) listener(told.bytes);
      });
    });
    await ready;
    send({ kind: "connect", client: 1 });
    const transport: Transport = {
      send: (bytes) => send({ kind: "bytes", client: 1, bytes }),
      onMessage: (listener) => void listeners.push(listener),
      onClose: (listener) => void child.on("exit", listener),
      close: () => undefined,
    };
    return new BenchEngine(child, connectToEngine(transport, createCodec()));
  }

  async call<Name extends EngineCallName>(name: Name, args: CallArgs<Name>): Promise<CallResult<Name>> {
    const answer = await this.client.call(name, args);
    if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(answer.error)}`);
    return answer.value;
  }

  /** Bytes in memory, now and at most. */
  rss(): { readonly now: number; readonly peak: number } {
    const status = readFileSync(`/proc/${this.child.pid}/status`, "utf8");
    const kilobytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
    return { now: kilobytes("VmRSS") * 1024, peak: kilobytes("VmHWM") * 1024 };
  }

  /** Processor time of all its threads until now, in milliseconds. */
  cpuMs(): number {
    const stat = readFileSync(`/proc/${this.child.pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  /** Resolves when it does nothing any more: what it prepares for after a file was opened is done. */
  async whenQuiet(): Promise<void> {
    for (let before = -1, now = this.cpuMs(); now - before > 10; now = this.cpuMs()) {
      before = now;
      await wait(500);
    }
  }

  async stop(): Promise<void> {
    const gone = once(this.child, "exit");
    this.child.send({ kind: "stop" } satisfies ToEngineProcess);
    await gone;
  }
}

/** With a folder of its own, which is gone afterwards. */
export async function inBenchFolder<Value>(work: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-bench-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** With an engine, too. */
export const withEngine = <Value>(work: (engine: BenchEngine, folder: string) => Promise<Value>): Promise<Value> =>
  inBenchFolder((folder) => withEngineIn(folder, (engine) => work(engine, folder)));

/** With a new engine that has this folder for its own files. */
export async function withEngineIn<Value>(
  folder: string,
  work: (engine: BenchEngine) => Promise<Value>,
): Promise<Value> {
  const engine = await BenchEngine.start(folder);
  try {
    return await work(engine);
  } finally {
    await engine.stop();
  }
}

/** With a new engine that has opened a recording. */
export const withOpened = <Value>(
  folder: string,
  path: string,
  work: (engine: BenchEngine, recordingId: string) => Promise<Value>,
): Promise<Value> =>
  withEngineIn(folder, async (engine) => {
    const { recordingId } = await engine.call("recording.open", { path });
    return work(engine, recordingId);
  });
