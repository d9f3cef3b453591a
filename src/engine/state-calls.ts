// The calls about captured state: find the process and the scope, bring the graph to the position, look.
import { nobody } from "../shared/base/asker.js";
import { type Result, failed, ok } from "../shared/base/result.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import type { Position as RecordPosition, WriteEntry } from "../shared/protocol/engine-rows.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { type Path, parsePath } from "../shared/trace/path.js";
import { taggedJson } from "../shared/trace/tagged-json.js";
import { instant, processId, seq } from "../shared/trace/time.js";
import type { AccessRecording, RecordingAccess } from "./recording-access.js";
import { type KeptHistory, type Place, type RecordingState, newestKept } from "./recording-state.js";
import { describeWrite } from "./replay/describe-write.js";
import { diffOf } from "./replay/diff.js";
import type { HistoryEntry } from "./replay/history.js";
import { previewOf } from "./replay/preview.js";
import { rowsOf } from "./replay/rows.js";
import { rowsOfScopes } from "./replay/scope-rows.js";
import type { WritePosition } from "./replay/scope-writes.js";
import { isPathInDoubt, uncertainPaths } from "./replay/uncertain.js";
import type { CallAt } from "./state-cut.js";
import { cutFor, holesOf, noSuchPath, unlessEvicted } from "./state-evicted.js";
import { columnsFromRows } from "./state-rows.js";
import {
  StateSubjects,
  type UncertainIn,
  type UncertainPosition,
  noSuchScope,
  uncertaintyOf,
} from "./state-subject.js";
import { type SizeSeries, growthIn, sizesAt } from "./state-sizes.js";
import { find, valueAt } from "./state-values.js";

type StateCallName =
  | "state.rows"
  | "state.scopes"
  | "state.at"
  | "state.value"
  | "state.find"
  | "state.growth"
  | "state.diff"
  | "state.history"
  | "state.lastWriter";
type Answer<Name extends StateCallName> = Promise<Result<CallResult<Name>, HindcastError>>;

/** Named one by one; beyond that it is enough to know that much is uncertain. */
const mostUncertain = 100;
/** Of one process, where what was written last is looked for in all of them. */
const mostScopes = 500;
const mostScopesRead = 16;

export class StateCalls {
  readonly #subjects: StateSubjects;

  constructor(access: AccessRecording) {
    this.#subjects = new StateSubjects(access);
  }

  async rows(args: CallArgs<"state.rows">, asker = nobody): Answer<"state.rows"> {
    const subject = this.#subjects.of(args, asker);
    if (!subject.ok) return subject;
    const { state, process } = subject.value;
    const shown = await cutFor(subject.value, args.at);
    if (!shown.ok) return shown;
    const { upTo, cut } = shown.value;
    const uncertainIn = await uncertaintyOf(subject.value, upTo);
    const answer = state.graphs.at(
      process,
      upTo,
      (position) => {
        const { graph, change } = position;
        const found = rowsOf(graph, { ...args, change, uncertain: uncertainIn(position)(args.scope) });
        return ok(columnsFromRows(found?.rows ?? [], found?.total ?? 0, cut));
      },
      asker,
    );
    return unlessEvicted(subject.value, upTo, answer);
  }

  /** Of many scopes at once: they share the segment, the graph and what is uncertain. */
  async scopes(args: CallArgs<"state.scopes">, asker = nobody): Answer<"state.scopes"> {
    const found = this.#subjects.ofProcess(args, asker);
    if (!found.ok) return found;
    const { subject, scopes: known } = found.value;
    const missing = args.scopes?.find((scope) => !known.has(scope));
    if (missing !== undefined) return failed(noSuchScope(missing, [...known]));
    const shown = await cutFor(subject, args.at);
    if (!shown.ok) return shown;
    const { upTo, cut } = shown.value;
    const uncertainIn = await uncertaintyOf(subject, upTo);
    const { offset, limit } = args;
    const expanded = new Map(args.expanded?.map(({ scope, paths }) => [scope, paths]));
    const answer = subject.state.graphs.at(
      subject.process,
      upTo,
      (position) => {
        const { graph, change, last } = position;
        const uncertainOf = uncertainIn(position);
        const wanted = { scopes: args.scopes ?? known, expanded, offset, limit, change, uncertainOf };
        const { scopes, firsts, total, rows } = rowsOfScopes(graph, wanted);
        const place = { seq: last?.seq ?? 0, instant: last?.instant ?? 0n };
        return ok({
          scopes: [...scopes],
          firsts: Uint32Array.from(firsts),
          rows: columnsFromRows(rows, total, cut),
          ...place,
        });
      },
      asker,
    );
    return unlessEvicted(subject, upTo, answer);
  }

  async at(args: CallArgs<"state.at">, asker = nobody): Answer<"state.at"> {
    const subject = this.#subjects.of(args, asker);
    if (!subject.ok) return subject;
    const { state, process } = subject.value;
    const shown = await cutFor(subject.value, args.at);
    if (!shown.ok) return shown;
    const { upTo, cut } = shown.value;
    const uncertainIn = await uncertaintyOf(subject.value, upTo);
    const answer = state.graphs.at(
      process,
      upTo,
      (position) => {
        const { graph, last } = position;
        const root = graph.scopes().get(args.scope);
        const value = root === undefined ? undefined : taggedJson(root, graph.contentsOf);
        const uncertain = [...pathsInDoubt(position, args.scope, uncertainIn)];
        return ok({ value, seq: last?.seq ?? 0, instant: last?.instant ?? 0n, uncertain, cut });
      },
      asker,
    );
    return unlessEvicted(subject.value, upTo, answer);
  }

  value(args: CallArgs<"state.value">, asker = nobody): Answer<"state.value"> {
    return valueAt(this.#subjects, args, asker);
  }

  find(args: CallArgs<"state.find">, asker = nobody): Answer<"state.find"> {
    return find(this.#subjects, args, asker);
  }

  growth(args: CallArgs<"state.growth">, asker = nobody): Answer<"state.growth"> {
    return growthIn(this.#subjects, args, asker);
  }

  sizes(
    recordingId: string,
    instants: readonly bigint[],
    asker = nobody,
  ): Promise<Result<readonly SizeSeries[], HindcastError>> {
    return sizesAt(this.#subjects, recordingId, instants, asker);
  }

  async diff(args: CallArgs<"state.diff">, asker = nobody): Answer<"state.diff"> {
    const subject = this.#subjects.of(args, asker);
    if (!subject.ok) return subject;
    const { state, process } = subject.value;
    const [a, b] = [await cutFor(subject.value, args.a), await cutFor(subject.value, args.b)];
    if (!a.ok) return a;
    if (!b.ok) return b;
    const [{ upTo: upToA }, { upTo: upToB }] = [a.value, b.value];
    const [uncertainA, uncertainB] = [
      await uncertaintyOf(subject.value, upToA),
      await uncertaintyOf(subject.value, upToB),
    ];
    const { before, uncertainBefore } = await state.graphs.at(
      process,
      upToA,
      (position) => ({
        before: position.graph.fork(),
        uncertainBefore: pathsInDoubt(position, args.scope, uncertainA),
      }),
      asker,
    );
    const answer = state.graphs.at(
      process,
      upToB,
      (position) => {
        const { graph: after } = position;
        const uncertainAfter = pathsInDoubt(position, args.scope, uncertainB);
        const uncertain = [...new Set([...uncertainBefore, ...uncertainAfter])].slice(0, mostUncertain);
        const { truncated, changes } = diffOf(before, after, args.scope, args.limit);
        return ok({
          truncated,
          uncertain,
          changes: changes.map((change) => ({
            path: change.path,
            oldText: change.old === undefined ? "" : previewOf(before, change.old),
            newText: change.new === undefined ? "" : previewOf(after, change.new),
            old: change.old === undefined ? undefined : taggedJson(change.old, before.contentsOf),
            new: change.new === undefined ? undefined : taggedJson(change.new, after.contentsOf),
          })),
        });
      },
      asker,
    );
    return unlessEvicted(subject.value, upToA, unlessEvicted(subject.value, upToB, answer));
  }

  async history(args: CallArgs<"state.history">, asker = nobody): Answer<"state.history"> {
    const subject = this.#subjects.of(args, asker);
    if (!subject.ok) return subject;
    const path = pathFrom(args.path);
    if (!path.ok) return path;
    const { state, process } = subject.value;
    const isPage = args.before !== undefined || args.after !== undefined;
    const { after, limit } = args;
    // Whoever goes on from the beginning need not wait for the end.
    const isEnough =
      after === undefined || limit === 0
        ? undefined
        : ({ positions }: KeptHistory) => positions.length - positions.countUpTo(after) >= limit;
    const kept = isPage ? newestKept : limit;
    const history = await state.history(process, args.scope, path.value, kept, asker, isEnough);
    if (!history.existed) return failed(await noSuchPath(subject.value, args));
    const entries = isPage ? await state.page(process, history, args, asker) : history.entries;
    const missing = [...((await state.losses.of(process, asker))?.ranges() ?? [])];
    const evicted = (await holesOf(subject.value)).map(({ first, last }) => ({ from: first, to: last }));
    const writes = entries.map((entry) => writeEntryFrom(entry, args.scope));
    return ok({ total: history.total, isWhole: history.isWhole, missing, evicted, writes });
  }

  /** Scopes that were written to before a Seq, the one written to last first. */
  async scopesWritten(
    args: { readonly recordingId: string; readonly process: number; readonly seq: number; readonly instant: bigint },
    asker = nobody,
  ): Promise<Result<{ readonly scopes: readonly string[]; readonly isCut: boolean }, HindcastError>> {
    const found = this.#subjects.ofProcess(args, asker);
    if (!found.ok) return found;
    const { subject, scopes } = found.value;
    const { state, process } = subject;
    const from = { instant: instant(args.instant), process, seq: seq(args.seq) };
    const named = [...scopes].slice(0, mostScopes);
    const last: { readonly scope: string; readonly seq: number }[] = [];
    for (const scope of named) {
      const write = await state.nearestWrite([process], { direction: "previous", scope }, from, asker);
      if (write !== undefined) last.push({ scope, seq: write.seq });
    }
    last.sort((a, b) => b.seq - a.seq);
    const isCut = named.length < scopes.size || last.length > mostScopesRead;
    return ok({ scopes: last.slice(0, mostScopesRead).map(({ scope }) => scope), isCut });
  }

  async lastWriter(args: CallArgs<"state.lastWriter">, asker = nobody): Answer<"state.lastWriter"> {
    const subject = this.#subjects.of(args, asker);
    if (!subject.ok) return subject;
    const path = pathFrom(args.path);
    if (!path.ok) return path;
    const { state, process } = subject.value;
    const shown = await cutFor(subject.value, args.at);
    if (!shown.ok) return shown;
    const { upTo } = shown.value;
    const { existed, last } = await state.lastWrite(process, args.scope, path.value, upTo, asker);
    if (!existed) return failed(await noSuchPath(subject.value, args));
    // Whatever was evicted may have been a write to it.
    const isEvicted = (await holesOf(subject.value)).some(
      ({ lastSeq, last: at }) =>
        lastSeq > (last?.write.seq ?? 0) && ("seq" in upTo ? lastSeq <= upTo.seq : at <= upTo.instant),
    );
    const uncertainIn = await uncertaintyOf(subject.value, upTo);
    const isUncertain = await state.graphs.at(
      process,
      upTo,
      (position) => isPathInDoubt(position.graph, args.scope, path.value, uncertainIn(position)(args.scope)),
      asker,
    );
    const write = last === undefined || isEvicted ? undefined : writeEntryFrom(last, args.scope);
    return ok({ write, isUncertain, isEvicted });
  }

  /** `timeline.step` of kind "write": the nearest write that somebody can see, of one scope if named. */
  async stepToWrite(
    args: CallArgs<"timeline.step">,
    asker = nobody,
  ): Promise<Result<CallResult<"timeline.step">, HindcastError>> {
    const found = this.#subjects.in(args.recordingId);
    if (!found.ok) return found;
    const { access, state } = found.value;
    const { processes, scopes } = access.facts();
    const isWanted = ({ process }: { readonly process: number }) =>
      args.process === undefined || process === args.process;
    if (!processes.some(isWanted)) return failed(hindcastError("no-such-process", { process: String(args.process) }));
    const wantedScopes = scopes.filter(isWanted).map(({ scope }) => scope);
    if (args.scope !== undefined && !wantedScopes.includes(args.scope))
      return failed(noSuchScope(args.scope, wantedScopes));
    const ids = processes.filter(isWanted).map(({ process }) => processId(process));
    const nearest = await state.nearestWrite(ids, args, await placeFrom(access, args.from), asker);
    if (nearest === undefined) return ok({});
    const position: RecordPosition = { ...nearest, what: await whatChanged(state, nearest) };
    return ok({ position });
  }
}

function pathsInDoubt(position: UncertainPosition, scope: string, uncertainIn: UncertainIn): readonly string[] {
  const root = position.graph.scopes().get(scope);
  return root === undefined ? [] : uncertainPaths(position.graph, root, uncertainIn(position)(scope), mostUncertain);
}

/** `accounts.acc_1.balance = 5`, by the first scope and way that lead to it. */
async function whatChanged(state: RecordingState, found: WritePosition): Promise<string> {
  const write = await state.write(found);
  if (write === undefined) return "";
  const justBefore = { seq: seq(found.seq - 1) };
  return state.graphs.at(found.process, justBefore, ({ graph }) => describeWrite(graph, write));
}

function pathFrom(text: string): Result<Path, HindcastError> {
  const path = parsePath(text);
  return path.ok ? path : failed(hindcastError("bad-path", { path: text, reason: path.error.reason }));
}

/** Where stepping starts, in the one order of all processes. */
async function placeFrom(access: RecordingAccess, at: CallAt): Promise<Place> {
  if (at.kind === "instant") return { instant: instant(at.instant) };
  const [process, position] = [processId(at.process), seq(at.seq)];
  return { instant: await access.instantOf(process, position), process, seq: position };
}

function writeEntryFrom(entry: HistoryEntry, scope: string): WriteEntry {
  const { write } = entry;
  return {
    process: write.process,
    seq: write.seq,
    instant: write.instant,
    after: write.certainty.kind === "between" ? write.certainty.after : undefined,
    scope,
    path: entry.path,
    operation: write.operation.kind,
    old: entry.old.json,
    new: entry.new.json,
    oldText: entry.old.text,
    newText: entry.new.text,
    location: write.location,
    span: write.span,
  };
}
