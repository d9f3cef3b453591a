// What the engine's thread and the one that records into a file say to each other. Both are of one build and one process:
// nothing is decoded, and everything can be cloned.
import type { CallResult } from "../../shared/protocol/engine-calls.js";
import type { ToldAgents } from "../../shared/protocol/agent-wire.js";
import type { HindcastError } from "../../shared/protocol/errors.js";
import type { CallProgress } from "../../shared/base/asker.js";
import type { Result } from "../../shared/base/result.js";
import type { ProgramEnding } from "../recorded-processes.js";
import type { Kept } from "../retention.js";
import type { ExportRequest, Exported } from "../store/export-file.js";
import type { Limits, Pin } from "../store/flight-store.js";
import type { KeptChange } from "../store/kept-changes.js";
import type { LastChanges } from "../store/last-changes.js";
import type { Parameter } from "../store/readers.js";
import type { ColumnsMessage } from "../store/rows.js";

type Summary = CallResult<"recording.summary">;

/** Where agents connect, and with what secret. */
export interface ListensAt {
  readonly socketPath: string;
  readonly token: string;
}

export interface ToBegin {
  readonly path: string;
  readonly listensAt: ListensAt;
  readonly durabilityMs: number | undefined;
  readonly diskReserveBytes: number | undefined;
  readonly mostBaseBytes: number | undefined;
  /** One 32-bit number: how often facts were told, raised before any program is told that something was taken in. */
  readonly told: SharedArrayBuffer;
}

export type Request =
  | ({
      readonly kind: "create";
      readonly created: bigint;
      readonly appVersion: string;
      readonly limits: Limits;
    } & ToBegin)
  /** What an engine that is gone was recording goes on. */
  | ({ readonly kind: "resume" } & ToBegin)
  | { readonly kind: "query"; readonly sql: string; readonly values: readonly Parameter[] }
  | { readonly kind: "commit" }
  | ({ readonly kind: "export" } & Omit<ExportRequest, "asker">)
  | { readonly kind: "pin"; readonly label: string; readonly since: bigint; readonly until: bigint }
  | { readonly kind: "unpin"; readonly id: number }
  | { readonly kind: "keep"; readonly changes: readonly KeptChange[] }
  | { readonly kind: "presence" }
  /** Asks agents that were put into running programs to leave them. Resolves when they have, or after so long. */
  | { readonly kind: "detach"; readonly withinMs: number }
  | ({ readonly kind: "configure" } & ToldAgents)
  /** Resolves when no agent is connected, or after so long. */
  | { readonly kind: "quiet"; readonly withinMs: number }
  /** The last commit. Questions are still answered afterwards. */
  | { readonly kind: "finish"; readonly endings: readonly ProgramEnding[] }
  /** The file is let go of; nothing is answered any more. */
  | { readonly kind: "close" };

interface Answers {
  readonly create: Result<undefined, HindcastError>;
  readonly resume: Result<undefined, HindcastError>;
  readonly query: ColumnsMessage;
  readonly commit: undefined;
  readonly export: Result<Exported, HindcastError>;
  readonly pin: Pin;
  readonly unpin: boolean;
  readonly keep: undefined;
  readonly presence: Presence;
  readonly detach: undefined;
  readonly configure: undefined;
  readonly quiet: undefined;
  readonly finish: undefined;
  readonly close: undefined;
}
export type RequestKind = Request["kind"];
export type Answer<Kind extends RequestKind> = Answers[Kind];

export interface Presence {
  /** Agents that are connected now. */
  readonly connected: number;
  readonly haveAllSaidBye: boolean;
}

/** As of the last commit, or the last process that said hello. */
export interface LiveFacts {
  /** Counts them. */
  readonly told: number;
  readonly generation: number;
  /** By which generation each kind of what there is was changed last. */
  readonly changes: LastChanges;
  /** Writes that came after later ones. */
  readonly lateWrites: number;
  readonly start: bigint;
  readonly processes: Summary["processes"];
  /** Those that were not told of before. */
  readonly newScopes: Summary["scopes"];
  readonly counts: Summary["counts"];
  readonly engine: Summary["engine"];
  /** Limits, and what was evicted because of them. */
  readonly kept: Kept | undefined;
  /** Why what comes is not written, if so. */
  readonly failure: HindcastError | undefined;
}

export type ToRecorder =
  | { readonly kind: "ask"; readonly id: number; readonly request: Request }
  | { readonly kind: "give-up"; readonly id: number };

export type FromRecorder =
  | { readonly kind: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly kind: "failed"; readonly id: number; readonly name: string; readonly message: string }
  /** How far what was asked for with this id is. */
  | { readonly kind: "progress"; readonly id: number; readonly progress: CallProgress }
  | { readonly kind: "facts"; readonly facts: LiveFacts }
  /** The file cannot be written; facts say when it can again. */
  | { readonly kind: "trouble"; readonly error: HindcastError };
