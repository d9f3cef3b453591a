// The agent of one thread of the program: joins ring, worker, recorder, probes and the public API. Importing it does nothing;
// `install` starts everything and returns what undoes it.
import { dirname } from "node:path";
import { threadId } from "node:worker_threads";
import { thresholdsOf } from "../shared/protocol/agent-wire.js";
import { ringBytesFor } from "../shared/trace/ring-resized.js";
import { ChildEnvironment } from "./child-environment.js";
import { ChildStarts } from "./child-starts.js";
import { CallRecorder } from "./calls.js";
import { chosenState } from "./chosen-state.js";
import type { AgentConfiguration } from "./configuration.js";
import { ForgettableStorage, SpanContext } from "./context.js";
import type { MakeEventEntry } from "./event-entry.js";
import type { Delivery } from "./delivery.js";
import { ExceptionLine } from "./exception-line.js";
import { Guest, saveOriginals } from "./guest.js";
import { LineRecorder, lineShare, linesOffEvent } from "./lines.js";
import { handleOf, offerHandle } from "./handle.js";
import { HybridClock } from "./hybrid-clock.js";
import { WhileRequests, liveSettings } from "./live-settings.js";
import { Keeper, type Keeping } from "./keeper.js";
import { LoadedSources } from "./loaded-sources.js";
import { lineageOf, tellChildren } from "./lineage.js";
import { nodeInspector } from "./inspector.js";
import type { ChildGone, ThreadGone } from "./links.js";
import { Messages } from "./messages.js";
import { ModuleWatch } from "./modules.js";
import type { MakeWriteHelpers } from "./write-helpers.js";
import { watchEmitters } from "./probes/emitters.js";
import { installErrors } from "./probes/errors.js";
import { installExit } from "./probes/exit.js";
import { LoopBeat } from "./probes/loop-beat.js";
import { LoopBlocks } from "./probes/loop-blocks.js";
import { watchRejections } from "./probes/rejections.js";
import { watchTimers } from "./probes/timers.js";
import { installRuntimeMetrics } from "./probes/runtime-metrics.js";
import { installChildren } from "./probes/children.js";
import { installMessagePorts } from "./probes/message-ports.js";
import { watchThreadEnds } from "./probes/thread-ends.js";
import { processFacts } from "./process-facts.js";
import { OpenTelemetry } from "./open-telemetry.js";
import type { OpenSpan } from "./record-sink.js";
import { Recorder } from "./recorder.js";
import { lookRegularly } from "./regular-looks.js";
import { installRequestProbes } from "./request-probes.js";
import { Rounds } from "./rounds.js";
import { createRedaction } from "../redact/redactor.js";
import { createCapture } from "./pipeline/capture.js";
import { loadStage, refuseStage } from "./pipeline/load-stage.js";
import { settingsEar } from "./pipeline/told-settings.js";
import { reportRedactions } from "./redact/report.js";
import { traceTargets } from "./trace-context.js";
import { RingMemory, RingWriter, facts as ringFacts } from "./ring.js";
import { RingSize, reportRingSize } from "./ring-size.js";
import { createStateTracker, reportState } from "./state/index.js";
import { type Instrumentation, installInstrumentation } from "./instrument/index.js";
import type { WrittenPlaces } from "./stack-text.js";
import { ThreadDelivery } from "./thread-delivery.js";
import { PostedContexts, postedBytes } from "./posted-contexts.js";
import { type ThreadPlace, newPlace, offerPlace } from "./thread-place.js";
import { ownWorkerKind } from "./wanted.js";
import { WorkerThread } from "./worker-thread.js";
import type { ProbeKit } from "./probe-kit.js";

/** Functions of the program's own realm. */
export interface ProgramSide {
  readonly makeWriteHelpers: MakeWriteHelpers;
  readonly makeEventEntry: MakeEventEntry;
  readonly showWrittenText: (foundBelow: (standIn: unknown) => object | undefined) => () => void;
  readonly showWrittenPlaces: (written: WrittenPlaces) => () => void;
  readonly giveWrittenPlaces: (written: WrittenPlaces) => () => void;
  readonly makeObject: () => object;
}

/** Starts recording this thread; `bundle` is the file the agent's worker is started from, `place` of a worker thread. */
export function install(
  configuration: AgentConfiguration,
  bundle: string,
  { makeWriteHelpers, makeEventEntry, showWrittenText, showWrittenPlaces, giveWrittenPlaces, makeObject }: ProgramSide,
  keeping: Keeping,
  place?: ThreadPlace,
): () => void {
  const { isAttached } = configuration;
  const guest = new Guest(saveOriginals());
  const { now, timeOriginMs } = guest.originals;
  const context = isAttached ? new SpanContext(new ForgettableStorage(makeObject)) : new SpanContext();
  const isThread = place !== undefined;
  // They are taken by an inspector of the agent's own, which would not be gone at once when a program is left.
  const hasStacks = !isAttached && nodeInspector() !== undefined;
  const memory = RingMemory.allocate(ringBytesFor(configuration.delivery.ringBytes, isThread));
  const noteFault = (error: unknown) => guest.at("recorder").noteFault(error);
  const clockMs = recordedClock(now, memory);
  const recorderGuest = guest.at("recorder");
  const guarded = <T>(work: () => T, fallback: T): T => recorderGuest.runAsGuest(work, fallback);
  const { overflow } = configuration.delivery;
  const sink = new Recorder(new RingWriter(memory), context, clockMs, noteFault, overflow, guarded);
  guest.onFault(({ place, message, count, isOff }) => sink.event(faultEvent, { place, message, count, isOff }));
  const redaction = createRedaction(configuration.settings.redaction, configuration.token);
  sink.redactWith(redaction);
  const capture = createCapture(
    configuration.settings.pipeline ?? [],
    sink,
    (text) => redaction.text(text),
    isAttached ? refuseStage : loadStage,
  );
  const heard = settingsEar(memory);
  const tracker = createStateTracker(sink, {}, (name) => redaction.placeholder(name));
  sink.beforeSpanEnds((nowMs) => tracker.boundary(nowMs));
  const aboutProcess = processFacts(
    configuration,
    timeOriginMs,
    redaction,
    lineageOf(place, now(), isAttached),
    place?.serviceName,
  );
  const { runId } = aboutProcess;
  const messages = new Messages(sink, new HybridClock(() => timeOriginMs + clockMs()), runId);
  const tracesTo = traceTargets(configuration.settings.propagate ?? []);
  const { onModule } = new ModuleWatch(guest);
  const rounds = new Rounds();
  const openTelemetry = new OpenTelemetry();
  const childStarts = new ChildStarts();
  const recording = { guest, context, sink, messages, childStarts, onModule };
  const callHeaders = new Map<string, OpenSpan>();
  const agent: ProbeKit = { ...recording, tracesTo, redaction, rounds, openTelemetry, callHeaders };
  const processPlace = place ?? newPlace(runId);
  const { channel, state, ports, carried } = processPlace;
  const { socketPath, hostPid } = configuration;
  const facts = aboutProcess;
  const delivery: Delivery =
    place === undefined
      ? new WorkerThread(
          bundle,
          {
            kind: ownWorkerKind,
            memory: memory.shared,
            socketPath,
            hostPid,
            facts,
            hasStacks,
            channel,
            state,
          },
          now,
          () => detach(),
        )
      : new ThreadDelivery(place, { memory: memory.shared, facts });

  const releases: (() => void)[] = [];
  const keeper = new Keeper(keeping, guest.at("keeping"));
  // A thread starts from what its process keeps.
  const handOver = (): void => {
    if (!isThread) keeper.handOver((made) => delivery.say(made));
    sources?.handOver();
  };
  const ringSize = new RingSize(memory, (records) => delivery.handRing(records), now);
  sink.growBy(() => ringSize.grow());
  const noteRing = reportRingSize(ringSize, sink);
  const noteRedactions = reportRedactions(redaction, sink);
  const noteState = reportState(tracker, sink);
  const { level } = configuration.settings;
  const { blockMs, collectionMs } = thresholdsOf(configuration.settings);
  const blocksKit = { ...agent, guest: guest.at("loop blocks") };
  const blocks = new LoopBlocks(blocksKit, memory, { blockMs, folder: dirname(bundle), hasStacks }, nodeInspector());
  const beat = new LoopBeat(blocksKit, memory, (turn) => blocks.turned(turn));
  sink.beforeSpanStarts(() => beat.noteBeginning());
  const metrics = installRuntimeMetrics(agent, { beat, collectionMs, isThread }, () => {
    blocks.guardInspector();
    guest.runAsGuest(() => rounds.run(false), undefined);
    noteRedactions();
    noteState();
    noteRing();
    capture.note(false);
    const told = heard();
    if (told !== undefined) takeSettings(told);
    handOver();
    if (isAttached && !delivery.hasEngine) detach();
    else if (delivery.isUseful) delivery.startIfThereIsAnEngine();
    else uninstall();
  });
  const posted = new PostedContexts(new SharedArrayBuffer(postedBytes));
  const messagePorts = (): (() => void) =>
    installMessagePorts(
      { ...agent, guest: guest.at("thread messages"), isOn: () => whileRequests.isOn },
      processPlace,
      { runId, posted },
      place,
      threadId,
    );
  const whileRequests = new WhileRequests(() => [
    () => sink.endUnseen(),
    openTelemetry.install(guest.at("OpenTelemetry"), onModule, () => sink.joinTraces(() => openTelemetry.active())),
    ...installRequestProbes(agent),
  ]);
  const calls =
    level === "calls" || level === "lines" ? new CallRecorder({ guest: guest.at("calls"), sink, context }) : undefined;
  const lines =
    level === "lines"
      ? new LineRecorder({
          guest: guest.at("lines"),
          now,
          share: lineShare,
          noteOff: (about) => sink.event(linesOffEvent, about),
        })
      : undefined;
  const sources =
    calls === undefined ? undefined : new LoadedSources(runId, guest.at("sources"), (message) => delivery.say(message));
  const takeSettings = liveSettings({ capture, sink, whileRequests, calls });
  const looking = lookRegularly(agent, tracker);
  const chosen = chosenState(configuration.settings.state ?? [], agent, {
    follow: (scope, value, location) => {
      if (capture.leavesOutScope(scope)) return;
      tracker.track(scope, value, location);
      looking.start();
    },
    leaveOut: () => tracker.leaveOut(),
  });
  const lookOnceMore = (): void => {
    chosen?.settle();
    tracker.lookAtEverything();
    metrics.sample();
    blocks.finish();
    rounds.run(true);
    noteRedactions();
    noteState();
    noteRing();
    capture.note(true);
    sink.tell();
  };
  const rejectionsGuest = guest.at("rejections");
  const rejections = watchRejections({ ...agent, guest: rejectionsGuest });
  const exceptionLine = new ExceptionLine();
  let instrumentation: Instrumentation | undefined;
  const exit = installExit(
    agent,
    {
      onExit: (exitCode) => {
        blocks.closeInspector();
        try {
          if (instrumentation !== undefined) exceptionLine.give(instrumentation.thrownLine);
        } catch (error) {
          guest.at("exception line").noteFault(error);
        }
        lookOnceMore();
        handOver();
        delivery.end(
          () => ({ exitCode, ...sink.counts, faults: guest.faults }),
          () => sink.reportLoss(),
        );
      },
      beforeSignal: () => {
        // Node waits for a session before it sends a signal to itself, and says so. If it goes on, the worker may come again.
        blocks.closeInspector();
        lookOnceMore();
        delivery.flush();
      },
      beforeEmit: () => rejectionsGuest.runAsGuest(() => rejections.beforeEmit(), undefined),
    },
    isThread,
  );
  releases.push(
    () => beat.stop(),
    metrics.uninstall,
    blocks.install(beat),
    looking.stop,
    exit.uninstall,
    () => rejections.uninstall(),
    watchTimers({ guest: guest.at("timers"), sink, rounds }),
    watchEmitters({ guest: guest.at("emitters"), sink, rounds }),
    installErrors(agent, (thrown, origin) => {
      // Of a thread, its parent is told, and prints none.
      if (!isThread) guest.runAsGuest(() => exceptionLine.note(thrown, origin), undefined);
      exit.onUncaught();
    }),
    offerHandle(handleOf(agent, tracker, looking.start, capture.leavesOutScope, makeEventEntry)),
    () => tracker.stop(),
  );
  // What is loaded cannot be rewritten any more, what would be rewritten from now on could not be brought back, and what the
  // program starts is not recorded.
  if (!isAttached) {
    releases.push(
      offerPlace({
        parentRunId: runId,
        serviceName: facts.serviceName,
        channel,
        state,
        ports,
        carried,
        posted: posted.memory,
      }),
      watchThreadEnds(guest, (threadId) => delivery.say({ kind: "gone", threadId } satisfies ThreadGone)),
      installChildren(
        { guest: guest.at("children"), childStarts },
        new ChildEnvironment(runId, bundle, process.env),
        (end) => delivery.say({ kind: "child", runId, ...end } satisfies ChildGone),
      ),
      // A thread may share its environment with the process.
      isThread ? () => undefined : tellChildren(runId),
      // Messages are counted from the first one on, or not at all.
      level === "metrics" ? () => undefined : messagePorts(),
      () => instrumentation?.uninstall(),
      () => calls?.stop(),
    );
    instrumentation = installInstrumentation({
      settings: configuration.settings,
      tracker,
      internLocation: (file, line, column, functionName) => sink.location(file, line, column, functionName),
      agentFile: bundle,
      guest,
      makeWriteHelpers,
      calls,
      lines,
      chosen,
      showWrittenText,
      showWrittenPlaces,
      giveWrittenPlaces,
      keeper,
      noteUnreadable: (file, reason) => sink.event("hindcast.not-instrumented", { file, reason }),
      sources,
    });
  }
  whileRequests.turn(level !== "metrics");
  releases.push(() => whileRequests.turn(false));

  function release(): void {
    for (const undo of releases.splice(0).reverse()) guest.runAsGuest(undo, undefined);
    context.dispose();
  }
  function uninstall(): void {
    release();
    delivery.terminate();
  }
  /** As it was before we came, but for what was recorded, which is on its way. */
  function detach(): void {
    if (releases.length === 0) return;
    guest.runAsGuest(lookOnceMore, undefined);
    release();
    sink.reportLoss();
    delivery.detach({ exitCode: undefined, ...sink.counts, faults: guest.faults }, guest.originals);
  }
  return uninstall;
}

/** Milliseconds since the program's time origin, also those that its monotonic clock missed because the machine slept. */
const recordedClock = (now: () => number, { facts: numbers }: RingMemory): (() => number) => {
  return () => now() + (numbers[ringFacts.sleptMs] ?? 0);
};

/** What goes wrong in the agent itself, said in the recording. */
const faultEvent = "hindcast.agent.fault";
