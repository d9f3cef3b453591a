// The calls about captured state: find the process and the scope, bring the graph to the position, look.
import { type Result, failed, ok } from "../shared/base/result.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { taggedJson } from "../shared/trace/tagged-json.js";
import { type ProcessId, instant, processId, seq } from "../shared/trace/time.js";
import { GraphCache } from "./graph-cache.js";
import type { AccessRecording, RecordingAccess, RecordingFacts } from "./recording-access.js";
import type { UpTo } from "./replay/index.js";

type StateCallName = "state.at";
type Answer<Name extends StateCallName> = Promise<Result<CallResult<Name>, HindcastError>>;

export class StateCalls {
  readonly #access: AccessRecording;
  /** One cache per open recording; it goes when the recording's access object goes. */
  readonly #caches = new WeakMap<RecordingAccess, GraphCache>();

  constructor(access: AccessRecording) {
    this.#access = access;
  }

  async at(args: CallArgs<"state.at">): Answer<"state.at"> {
    const subject = this.#subject(args);
    if (!subject.ok) return subject;
    const { cache, process } = subject.value;
    return cache.at(process, upToFromAt(args.at), ({ graph, last }) => {
      const root = graph.scopes().get(args.scope);
      const value = root === undefined ? undefined : taggedJson(root, graph.contentsOf);
      return ok({ value, seq: last?.seq ?? 0, instant: last?.instant ?? 0n });
    });
  }

  #subject(args: {
    readonly recordingId: string;
    readonly process: number;
    readonly scope: string;
  }): Result<
    { readonly access: RecordingAccess; readonly cache: GraphCache; readonly process: ProcessId },
    HindcastError
  > {
    const access = this.#access(args.recordingId);
    if (!access.ok) return access;
    const problem = problemWith(access.value.facts(), args.process, args.scope);
    if (problem !== undefined) return failed(problem);
    return ok({ access: access.value, cache: this.#cacheOf(access.value), process: processId(args.process) });
  }

  #cacheOf(access: RecordingAccess): GraphCache {
    const known = this.#caches.get(access);
    if (known !== undefined) return known;
    const cache = new GraphCache(access.writes);
    this.#caches.set(access, cache);
    return cache;
  }
}

function problemWith(facts: RecordingFacts, process: number, scope: string): HindcastError | undefined {
  if (!facts.processes.some((summary) => summary.process === process))
    return hindcastError("no-such-process", { process: String(process) });
  const scopes = facts.scopes.filter((summary) => summary.process === process).map((summary) => summary.scope);
  if (scopes.includes(scope)) return undefined;
  return hindcastError("no-such-scope", { scope, known: scopes.length === 0 ? "none" : scopes.join(", ") });
}

export const upToFromAt = (at: CallArgs<"state.at">["at"]): UpTo =>
  at.kind === "seq" ? { seq: seq(at.seq) } : { instant: instant(at.instant) };
