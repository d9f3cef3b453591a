// Every call of the contract, answered from the recordings that are open: find the recording, ask the store.
import { alertHandlers } from "./alert-handlers.js";
import { backtest } from "./backtest.js";
import { explainRule } from "./explain-rule.js";
import { dirname, join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type CancelSignal, Cancelled } from "../shared/base/cancel.js";
import { type Result, failed, ok } from "../shared/base/result.js";
import { unreachable } from "../shared/base/unreachable.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { type Asker, type Progress, askerWith, nobody, partOf } from "../shared/base/asker.js";
import type { CallHandlers } from "../shared/protocol/rpc.js";
import { firstWhere } from "./first-where.js";
import { exportReport } from "./export-report.js";
import { leavingSizes } from "./store/leaving-sizes.js";
import { pin, unpin } from "./live-commands.js";
import type { OpenRecording } from "./open-recording.js";
import { changes } from "./changes.js";
import { type Asked as AskedSubject, type Subject, correlated, correlatedPair } from "./correlation-calls.js";
import { noteHandlers } from "./note-handlers.js";
import { oneRequest } from "./one-request.js";
import type { RuleFiles } from "./rule-files.js";
import { openInEditor } from "./open-in-editor.js";
import { recordingFileName } from "./places.js";
import type { KeptTexts } from "./kept-texts.js";
import { launchHandlers } from "./launch-handlers.js";
import { recentsHandlers } from "./recents-handlers.js";
import { listRecordings } from "./recording-list.js";
import { Rehearsal, type RehearsedLook, looksAt } from "./rehearsal.js";
import {
  type StartingContext,
  attachProgram,
  createRecording,
  launchProgram,
  listPrograms,
  makeRecordingsFolder,
  recordDemo,
  restartProgram,
  unlessGivenUp,
} from "./starting.js";
import { StateCalls } from "./state-calls.js";
import { damageReason, isDamage } from "./store/damage.js";
import { density } from "./store/density.js";
import { eventsAround, eventsInRange } from "./store/events.js";
import { rowsOfId } from "./store/id-rows.js";
import { metricSlices } from "./store/metric-slices.js";
import { metricSamples, metricSeries } from "./store/metrics.js";
import { FileClosed, type Query, queryFor } from "./store/readers.js";
import { requestList } from "./store/request-list.js";
import { requestRoutes } from "./store/request-routes.js";
import { wrongIn } from "./store/row-conditions.js";
import { formatVersion } from "./store/schema.js";
import { serviceGraph } from "./store/service-graph.js";
import { countSpans } from "./store/span-filter.js";
import { spansZoomed } from "./store/span-zoom.js";
import { spansInRange, spansOpenAt } from "./store/spans.js";
import { marks, missingRecords, stepToEvent } from "./store/timeline.js";
import { writesBeforeEnd } from "./call-writes.js";
import { callStacks, callsPage, treeOfCalls } from "./calls.js";
import { listSources, readSource } from "./store/sources.js";
import { ownTimesOf, tracesInRange } from "./traces.js";
import { stepsOf } from "./value-steps.js";

export interface HandlersContext extends StartingContext {
  readonly kept: KeptTexts;
  readonly ruleFiles: RuleFiles;
  readonly version: string;
  /** What becomes of an answer on its way to who asked, done for one that nobody waits for. */
  readonly packed: (answer: unknown) => void;
}

/** A recording, and how to ask about it so that the asking stops with the call. */
interface Asked {
  readonly recording: OpenRecording;
  readonly query: Query;
  readonly start: bigint;
  readonly asker: Asker;
}

export function createHandlers(context: HandlersContext): CallHandlers {
  const { recordings, version } = context;
  const state = new StateCalls((recordingId) => {
    const found = recordings.get(recordingId);
    return found.ok ? ok(found.value.looks.access) : found;
  });

  const rehearsal = new Rehearsal();

  /** What a query of a damaged file throws is the user's affair; anything else is ours and goes on. */
  const answered = async <Value>(
    { recordingId }: { readonly recordingId: string },
    work: (recording: OpenRecording) => Promise<Result<Value, HindcastError>>,
    asker = nobody,
  ): Promise<Result<Value, HindcastError>> => {
    const found = recordings.get(recordingId);
    if (!found.ok) return found;
    try {
      await found.value.caughtUp();
      return await recordings.reading(found.value, () => unlessInTheWay(found.value, work, asker));
    } catch (error) {
      if (error instanceof Cancelled) return failed(hindcastError("cancelled"));
      if (error instanceof FileClosed) return failed(hindcastError("recording-closed"));
      if (!isDamage(error)) throw error;
      return failed(hindcastError("damaged-recording", { path: found.value.path, reason: damageReason(error) }));
    }
  };
  const about: typeof answered = (args, work, asker) => rehearsal.during(() => answered(args, work, asker));
  const samples = async (
    { recording, start, asker }: Asked,
    { series, ...range }: CallArgs<"metrics.range">,
  ): Promise<CallResult<"metrics.range">> => {
    const answers: CallResult<"metrics.range"> = [];
    for (const one of series) {
      const query = queryFor(recording.query, partOf(asker, answers.length, series.length, "series"));
      answers.push(await metricSamples({ query, start, blocks: recording.looks.blocks }, one, range));
    }
    return answers;
  };
  const looked = async (look: RehearsedLook, asked: Asked): Promise<Result<unknown, HindcastError>> => {
    const { recording, query, start, asker } = asked;
    const { call, args } = look;
    switch (call) {
      case "ahead":
        return ok(await recording.looks.ahead.more(look.of, query));
      case "metrics.range":
        return ok(await samples(asked, args));
      case "search.page":
        return ok(await recording.looks.search.page(query, start, args));
      case "state.scopes":
        return state.scopes(args, asker);
      case "state.rows":
        return state.rows(args, asker);
      default:
        return unreachable(call);
    }
  };
  const rehearse = (recording: OpenRecording): void => {
    if (recording.live !== undefined) return;
    const looks = [...looksAt(recording.id, { ...recording.facts(), ...recording.extent() })];
    if (looks.length === 0) return;
    const done = rehearsal.begin(looks, async (look, signal) => {
      const asker = askerWith(signal);
      const work = ({ query, start }: OpenRecording): Promise<Result<unknown, HindcastError>> =>
        looked(look, { recording, query: queryFor(query, asker), start, asker });
      const answer = await answered(look.args, work, asker);
      if (answer.ok) context.packed(answer.value);
      return answer.ok;
    });
    done.catch(() => undefined); // whoever looks there hears of it
  };
  const answering =
    <Args extends { readonly recordingId: string }, Value>(
      ask: (recording: Asked, args: Args) => Promise<Result<Value, HindcastError>>,
    ): ((args: Args, signal: CancelSignal, tell?: Progress) => Promise<Result<Value, HindcastError>>) =>
    (args, signal, tell) => {
      const asker = askerWith(signal, tell);
      return about(
        args,
        (recording) => ask({ recording, query: queryFor(recording.query, asker), start: recording.start, asker }, args),
        asker,
      );
    };
  const asking = <Args extends { readonly recordingId: string }, Value>(
    ask: (recording: Asked, args: Args) => Promise<Value>,
  ): ((args: Args, signal: CancelSignal, tell?: Progress) => Promise<Result<Value, HindcastError>>) =>
    answering(async (asked: Asked, args: Args) => ok(await ask(asked, args)));
  /** A regular expression that is none is the fault of who asks, and no damage of the file. */
  const filtering = <Args extends { readonly recordingId: string; readonly pattern?: string | undefined }, Value>(
    ask: (recording: Asked, args: Args) => Promise<Value>,
  ): ((args: Args, signal: CancelSignal, tell?: Progress) => Promise<Result<Value, HindcastError>>) =>
    answering(async (asked: Asked, args: Args) => {
      const reason = await wrongIn(asked.query, args.pattern);
      if (reason !== undefined) return failed(hindcastError("bad-pattern", { pattern: args.pattern ?? "", reason }));
      return ok(await ask(asked, args));
    });
  const askingState =
    <Args extends { readonly recordingId: string }, Value>(
      ask: (args: Args, asker: Asker) => Promise<Result<Value, HindcastError>>,
    ): ((args: Args, signal: CancelSignal, tell?: Progress) => Promise<Result<Value, HindcastError>>) =>
    (args, signal, tell) => {
      const asker = askerWith(signal, tell);
      return about(args, () => ask(args, asker), asker);
    };
  const comparing =
    <Args extends AskedSubject, Value>(
      ask: (query: Query, subject: Subject<Args>, asker: Asker) => Promise<Value>,
    ): ((args: Args, signal: CancelSignal, tell?: Progress) => Promise<Result<Value, HindcastError>>) =>
    (args, signal, tell) => {
      const asker = askerWith(signal, tell);
      const work = async ({ query }: OpenRecording): Promise<Result<Value, HindcastError>> => {
        const steps = await stepsOf((of) => state.history(of, asker), args);
        return steps.ok ? ok(await ask(queryFor(query, asker), { args, steps: steps.value }, asker)) : steps;
      };
      return about(args, work, asker);
    };

  return {
    "engine.versions": () => Promise.resolve(ok({ version, formatVersion })),
    "recordings.list": async (_args, signal, tell) =>
      unlessGivenUp(async () => ok(await listRecordings(context.launch.places, recordings, askerWith(signal, tell)))),
    "recording.open": async ({ path }, signal, tell) => {
      const opened = await unlessGivenUp(() => recordings.open(path, askerWith(signal, tell)));
      if (!opened.ok) return opened;
      if (!signal.aborted) {
        rehearse(opened.value);
        return ok(await opened.value.summary());
      }
      // Who asked does not wait any more, and will not close it.
      await recordings.close(opened.value);
      return failed(hindcastError("cancelled"));
    },
    "recording.create": (args, signal) => createRecording(context, args, signal),
    "recording.launch": (args, signal, tell) => launchProgram(context, args, askerWith(signal, tell)),
    "recording.restart": (args, signal, tell) =>
      about(args, (recording) => restartProgram(context, recording, askerWith(signal, tell))),
    ...launchHandlers(context, about),
    "editor.open": (args) => about(args, ({ query }) => openInEditor(query, context.launch.environment, args)),
    "programs.list": async () => ok(await listPrograms(context)),
    "recording.attach": (args, signal, tell) => attachProgram(context, args, askerWith(signal, tell)),
    "recording.demo": (args, signal, tell) => recordDemo(context, args, askerWith(signal, tell)),
    "recording.pin": (args) =>
      about(args, (recording) => recording.whileLive((live) => pin(live, args.label, args.from, args.to))),
    "recording.configure": (args) => about(args, (recording) => recordings.configure(recording, args.pipeline)),
    "recording.unpin": (args) => about(args, (recording) => recording.whileLive((live) => unpin(live, args.pin))),
    "recording.stop": (args, signal, tell) =>
      about(args, (recording) => recordings.stop(recording, args.ended, askerWith(signal, tell))),
    "recording.discard": (args) =>
      about(args, async (recording) => {
        if (recording.live === undefined) return failed(hindcastError("recording-not-live"));
        if (recording.facts().processes.length === 0) await recordings.discard(recording);
        else await recordings.close(recording);
        return ok({});
      }),
    "recording.close": (args) =>
      about(args, async (recording) => {
        await recordings.close(recording);
        return ok({});
      }),
    "recording.copy": (args, signal, tell) =>
      about(args, async (recording) => {
        const path = resolve(context.launch.places.recordings, args.path);
        if (dirname(path) === context.launch.places.recordings) await makeRecordingsFolder(context);
        const asker = askerWith(signal, tell);
        const overwrite = args.overwrite ?? false;
        return recordings.export(recording, { path, overwrite, asker, format: "hindcast", stretch: undefined });
      }),
    "recording.export": (args, signal, tell) =>
      about(args, async (recording) => {
        const { format, stretch, redact, overwrite = false } = args;
        const path = resolve(context.launch.places.recordings, args.path);
        if (dirname(path) === context.launch.places.recordings) await makeRecordingsFolder(context);
        const asker = askerWith(signal, tell);
        return recordings.export(recording, { path, overwrite, format, stretch, redact, asker });
      }),
    "recording.exportSize": asking(({ query }, { stretch }) => leavingSizes(query, stretch)),
    "recording.exportReport": asking(async ({ recording, query, asker }, { stretch, also }) =>
      exportReport(
        query,
        { stretch, also, notes: await recording.notes.list(), alerts: await recording.notes.alerts() },
        asker,
      ),
    ),
    ...noteHandlers(about),
    ...alertHandlers(about),
    ...recentsHandlers(recordings),
    "window.kept": async () => ok(await context.kept.all()),
    "window.keep": ({ key, text }) => context.kept.keep(key, text),
    "recording.copyPath": asking(({ recording }) => {
      const name = recording.name.replace(/-\d{8}-\d{6}$/, "");
      return Promise.resolve({ path: join(context.launch.places.recordings, recordingFileName(name, new Date())) });
    }),
    "recording.summary": asking(({ recording }) => recording.summary()),
    "recording.missing": asking(({ query }) => missingRecords(query)),

    "rules.backtest": asking(({ query, asker }, args) => backtest(query, args, asker)),
    "rules.explain": answering(({ query, asker }, args) => explainRule(query, args, asker)),
    "ruleFiles.list": async () => ok(await context.ruleFiles.list()),
    "ruleFiles.save": (args) => context.ruleFiles.save(args),
    "ruleFiles.rename": (args) => context.ruleFiles.rename(args),
    "ruleFiles.delete": (args) => context.ruleFiles.delete(args),
    "timeline.density": asking(({ query }, args) => density(query, args)),
    "timeline.step": (args, signal, tell) => {
      const asker = askerWith(signal, tell);
      return about(
        args,
        async ({ query }) =>
          args.kind === "write"
            ? state.stepToWrite(args, asker)
            : ok({ position: await stepToEvent(queryFor(query, asker), args) }),
        asker,
      );
    },
    "timeline.marks": asking(({ query }) => marks(query)),

    "state.at": askingState((args, asker) => state.at(args, asker)),
    "state.rows": askingState((args, asker) => state.rows(args, asker)),
    "state.scopes": askingState((args, asker) => state.scopes(args, asker)),
    "state.value": askingState((args, asker) => state.value(args, asker)),
    "state.find": askingState((args, asker) => state.find(args, asker)),
    "state.growth": askingState((args, asker) => state.growth(args, asker)),
    "state.first": (args, signal, tell) => {
      const asker = askerWith(signal, tell);
      return about(args, ({ query }) => firstWhere(queryFor(query, asker), args, (of) => state.find(of, asker)), asker);
    },
    "state.diff": askingState((args, asker) => state.diff(args, asker)),
    "state.history": askingState((args, asker) => state.history(args, asker)),
    "state.lastWriter": askingState((args, asker) => state.lastWriter(args, asker)),

    "spans.range": asking(({ query, start }, { from, to, limit, slices, filter = {} }) =>
      slices === undefined
        ? spansInRange(query, start, from, to, limit)
        : spansZoomed(query, start, { from, to, limit, slices, filter }),
    ),
    "spans.count": asking(({ query }, args) => countSpans(query, args)),
    "spans.own": asking(({ recording, query, start }, args) =>
      ownTimesOf(query, { start, end: recording.extent().end }, args),
    ),
    "traces.range": asking(({ recording, query, start }, args) =>
      tracesInRange(query, { start, end: recording.extent().end }, args),
    ),
    "calls.page": asking(({ recording, query, start }, args) =>
      callsPage(query, { start, end: recording.extent().end }, args),
    ),
    "calls.writes": answering(({ query, asker }, args) => writesBeforeEnd(query, state, args, asker)),
    "calls.stacks": asking(({ query, start }, { instant }) => callStacks(query, start, instant)),
    "calls.tree": asking(({ recording, query, start }, args) =>
      treeOfCalls(query, { start, end: recording.extent().end }, args),
    ),
    "sources.list": asking(({ query }) => listSources(query)),
    "sources.read": asking(({ query }, args) => readSource(query, args)),
    "spans.openAt": asking(({ query, start }, { instant, limit }) => spansOpenAt(query, start, instant, limit)),
    "events.range": asking(({ query, start }, { from, to, limit }) => eventsInRange(query, start, from, to, limit)),
    "events.page": asking(({ recording, query, start }, args) => recording.looks.pages.events(query, start, args)),
    "spans.page": asking(({ recording, query, start }, args) => recording.looks.pages.spans(query, start, args)),
    "events.around": asking(({ recording, query }, args) => eventsAround(query, recording.extent(), args)),
    "logs.page": filtering(({ recording: { looks }, start, asker }, { first, limit, ...filter }) =>
      looks.logs.page(start, filter, first, limit, asker),
    ),
    "logs.around": filtering(async ({ recording: { looks }, start, asker }, { instant, before, after, ...filter }) => {
      const row = await looks.logs.rowAt(filter, instant, asker);
      const first = Math.max(0, row + 1 - before);
      return { row, page: await looks.logs.page(start, filter, first, row + 1 - first + after, asker) };
    }),
    "events.rows": filtering(({ recording: { looks }, start, asker }, { first, limit, ...filter }) =>
      looks.events.page(start, filter, first, limit, asker),
    ),
    "events.rowAt": filtering(async ({ recording: { looks }, start, asker }, { instant, ...filter }) => {
      const row = await looks.events.rowAt(filter, instant, asker);
      return { row, total: (await looks.events.page(start, filter, 0, 0, asker)).total };
    }),
    "search.page": asking(({ recording, query, start }, args) => recording.looks.search.page(query, start, args)),
    "metrics.correlate": comparing((query, subject, asker) => correlated(query, subject, asker)),
    "metrics.pair": comparing((query, subject) => correlatedPair(query, subject)),
    "range.changes": asking(({ recording, query, asker }, args) =>
      changes(query, { ...args, since: recording.facts().start, until: recording.extent().end }, asker),
    ),
    "requests.routes": asking(({ query }, args) => requestRoutes(query, args)),
    "requests.list": asking(({ query, start }, args) => requestList(query, start, args)),
    "requests.one": asking(({ recording, query, start }, args) =>
      oneRequest(query, { start, end: recording.extent().end }, args),
    ),
    "ids.rows": asking(({ query, start }, { id, limit }) => rowsOfId(query, start, id, limit)),
    "services.graph": asking(({ query }, args) => serviceGraph(query, args)),
    "metrics.list": asking(({ query }) => metricSeries(query)),
    "metrics.range": asking(samples),
    "metrics.slices": asking(async ({ recording, start, asker }, { series, ...args }) => {
      const answers: CallResult<"metrics.slices"> = [];
      for (const one of series) {
        const query = queryFor(recording.query, partOf(asker, answers.length, series.length, "series"));
        answers.push(await metricSlices({ query, start, blocks: recording.looks.blocks }, one, args));
      }
      return answers;
    }),
  };
}

/**
 * What a question is about may be evicted while it is answered: then it looks damaged, and is asked again. So it is when
 * somebody else, who waited for the same, gave up.
 */
async function unlessInTheWay<Value>(
  recording: OpenRecording,
  work: (recording: OpenRecording) => Promise<Value>,
  { signal }: Asker,
): Promise<Value> {
  for (let again = 3; ; again--) {
    try {
      return await work(recording);
    } catch (error) {
      const isOthers = error instanceof Cancelled && !signal.aborted;
      const isEvicted = recording.live !== undefined && isDamage(error);
      if (again === 0 || !(isOthers || isEvicted)) throw error;
      await wait(20);
    }
  }
}
