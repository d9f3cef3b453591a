// What a call about captured state is about: the recording, the process and the scope it names, or which of them there is not.
import type { Asker } from "../shared/base/asker.js";
import { type Result, failed, ok } from "../shared/base/result.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { type ProcessId, processId, seq } from "../shared/trace/time.js";
import type { Position } from "./graph-cache.js";
import type { AccessRecording, RecordingAccess } from "./recording-access.js";
import { RecordingState } from "./recording-state.js";
import { awaitedSlots } from "./replay/found.js";
import type { UpTo } from "./replay/state-at.js";
import { type Uncertain, uncertainFrom } from "./replay/uncertain.js";

interface RecordingSubject {
  readonly access: RecordingAccess;
  readonly state: RecordingState;
}

export interface Subject extends RecordingSubject {
  readonly process: ProcessId;
  readonly asker: Asker;
}

export class StateSubjects {
  readonly #access: AccessRecording;
  /** One for each open recording; it goes when the recording's access object goes. */
  readonly #states = new WeakMap<RecordingAccess, { readonly late: number; readonly state: RecordingState }>();

  constructor(access: AccessRecording) {
    this.#access = access;
  }

  in(recordingId: string): Result<RecordingSubject, HindcastError> {
    const access = this.#access(recordingId);
    return access.ok ? ok({ access: access.value, state: this.#stateOf(access.value) }) : access;
  }

  of(
    args: { readonly recordingId: string; readonly process: number; readonly scope: string },
    asker: Asker,
  ): Result<Subject, HindcastError> {
    const found = this.ofProcess(args, asker);
    if (!found.ok) return found;
    const { subject, scopes } = found.value;
    return scopes.has(args.scope) ? ok(subject) : failed(noSuchScope(args.scope, [...scopes]));
  }

  /** A process, and the names of its scopes in the order in which they came. */
  ofProcess(
    args: { readonly recordingId: string; readonly process: number },
    asker: Asker,
  ): Result<{ readonly subject: Subject; readonly scopes: ReadonlySet<string> }, HindcastError> {
    const found = this.in(args.recordingId);
    if (!found.ok) return found;
    const { access, state } = found.value;
    const { processes, scopes } = access.facts();
    if (!processes.some(({ process }) => process === args.process))
      return failed(hindcastError("no-such-process", { process: String(args.process) }));
    const names = new Set<string>();
    for (const { process, scope } of scopes) if (process === args.process) names.add(scope);
    return ok({ subject: { access, state, process: processId(args.process), asker }, scopes: names });
  }

  #stateOf(access: RecordingAccess): RecordingState {
    const known = this.#states.get(access);
    const late = access.lateWrites?.() ?? 0;
    if (known?.late === late) return known.state;
    const state = new RecordingState(access);
    this.#states.set(access, { late, state });
    if (known === undefined) access.afterCommit?.(() => void this.#states.get(access)?.state.graphs.readAhead());
    return state;
  }
}

export function noSuchScope(scope: string, known: readonly string[]): HindcastError {
  return hindcastError("no-such-scope", { scope, known: known.length === 0 ? "none" : [...new Set(known)].join(", ") });
}

export type UncertainPosition = Pick<Position, "graph" | "last">;
export type UncertainIn = (position: UncertainPosition) => (scope: string) => Uncertain;

/** What may be another than recorded in the state at a position, once the graph is there. */
export async function uncertaintyOf({ state, process, asker }: Subject, upTo: UpTo): Promise<UncertainIn> {
  const later = "seq" in upTo ? [] : await state.writesSoonAfter(process, upTo.instant, asker);
  const doubt = (await state.losses.of(process, asker))?.at(upTo);
  return ({ graph, last }) => {
    const awaited = "seq" in upTo ? new Set<string>() : awaitedSlots(graph, later, upTo.instant);
    return (scope) => uncertainFrom(graph, awaited, doubt, scope, last?.seq ?? seq(0));
  };
}
