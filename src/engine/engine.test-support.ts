// An engine with folders of its own, asked directly; every answer that is not one is a failure of the test.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CallArgs, CallResult, EngineCallName, EngineNotice } from "../shared/protocol/engine-calls.js";
import type { RecordingLimits, RecordingSummary } from "../shared/protocol/recording-summary.js";
import type { HindcastError } from "../shared/protocol/errors.js";
import type { CallHandlers } from "../shared/protocol/rpc.js";
import { neverCancelled } from "../shared/base/cancel.js";
import type { Result } from "../shared/base/result.js";
import { createEngine } from "./index.js";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));

export class TestEngine {
  readonly folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
  readonly notices: EngineNotice[] = [];
  readonly #engine;

  get handlers(): CallHandlers {
    return this.#engine.handlers;
  }

  constructor(durabilityMs?: number, mostBaseBytes?: number, diskReserveBytes?: number) {
    this.#engine = createEngine({
      packageFolder,
      environment: {
        ...process.env,
        XDG_DATA_HOME: join(this.folder, "data"),
        XDG_STATE_HOME: join(this.folder, "state"),
      },
      durabilityMs,
      mostBaseBytes,
      diskReserveBytes,
    });
    this.#engine.onNotice((notice) => this.notices.push(notice));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  try<Name extends EngineCallName>(name: Name, args: CallArgs<Name>): Promise<Result<CallResult<Name>, HindcastError>> {
    return this.#engine.handlers[name](args, neverCancelled);
  }

  async call<Name extends EngineCallName>(name: Name, args: CallArgs<Name>): Promise<CallResult<Name>> {
    const answer = await this.try(name, args);
    if (!answer.ok) throw new Error(JSON.stringify(answer.error));
    return answer.value;
  }

  /** A live recording and how to reach it. */
  async record(
    name = "test.hindcast",
    limits?: RecordingLimits,
  ): Promise<{ readonly summary: RecordingSummary; readonly socketPath: string; readonly token: string }> {
    const path = this.path(name);
    const { summary, environment } = await this.call("recording.create", { path, capture: {}, limits });
    return { summary, socketPath: environment["HINDCAST_SOCKET"] ?? "", token: environment["HINDCAST_TOKEN"] ?? "" };
  }

  async dispose(): Promise<void> {
    await this.#engine.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
