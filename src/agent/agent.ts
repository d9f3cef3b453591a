// The agent of one process: joins ring, worker, recorder, probes and the public API. Importing it does nothing;
// `install` starts everything and returns what undoes it.
import { type AgentHandle, agentHandleKey } from "../shared/protocol/agent-handle.js";
import { types } from "node:util";
import { attributesFrom, exceptionAttributes } from "./attributes.js";
import type { AgentConfiguration } from "./configuration.js";
import { SpanContext } from "./context.js";
import { Guest, saveOriginals } from "./guest.js";
import { installErrors } from "./probes/errors.js";
import { installConsole } from "./probes/console.js";
import { installExit } from "./probes/exit.js";
import { installFetch } from "./probes/fetch.js";
import { installHttpClient } from "./probes/http-client.js";
import { installHttpServer } from "./probes/http-server.js";
import { installPino } from "./probes/pino.js";
import { installRuntimeMetrics } from "./probes/runtime-metrics.js";
import { processFacts } from "./process-facts.js";
import { Recorder } from "./recorder.js";
import { RingMemory, RingWriter } from "./ring.js";
import { type StateTracker, createStateTracker } from "./state/index.js";
import { installInstrumentation } from "./instrument/index.js";
import { WorkerThread } from "./worker-thread.js";

/** What probes get to work with. */
export interface Agent {
  readonly guest: Guest;
  readonly context: SpanContext;
  readonly sink: Recorder;
}

/** Starts recording this process; `bundle` is the file the agent's worker is started from. */
export function install(configuration: AgentConfiguration, bundle: string): () => void {
  const guest = new Guest(saveOriginals());
  const { now, timeOriginMs } = guest.originals;
  const context = new SpanContext();
  const memory = RingMemory.allocate(configuration.ringBytes);
  const sink = new Recorder(new RingWriter(memory), context, now, () => guest.noteFault());
  const tracker = createStateTracker(sink);
  sink.beforeSpanEnds(() => tracker.boundary());
  const agent: Agent = { guest, context, sink };
  const worker = new WorkerThread(
    bundle,
    {
      kind: "hindcast-agent-worker",
      memory: memory.shared,
      socketPath: configuration.socketPath,
      facts: processFacts(configuration, timeOriginMs),
    },
    now,
  );

  const releases: (() => void)[] = [];
  const metrics = installRuntimeMetrics(agent, () => {
    if (worker.isUseful) worker.startIfThereIsAnEngine();
    else uninstall();
  });
  const looking = lookRegularly(agent, tracker);
  releases.push(
    metrics.uninstall,
    looking.stop,
    installErrors(agent),
    offerHandle(handleOf(agent, tracker, looking.start)),
  );
  releases.push(
    installExit(agent, (exitCode) => {
      tracker.lookAtEverything();
      metrics.sample();
      worker.end(
        () => ({ exitCode, ...sink.counts }),
        () => sink.reportLoss(),
      );
    }),
  );
  if (configuration.settings.level !== "metrics") {
    for (const installProbe of [installHttpServer, installHttpClient, installFetch, installConsole, installPino])
      releases.push(installProbe(agent));
  }

  function uninstall(): void {
    for (const release of releases.splice(0).reverse()) guest.runAsGuest(release, undefined);
    context.dispose();
    worker.terminate();
  }
  return uninstall;
}

/** Between spans, tracked state is looked at this often for changes that no write site told about. */
const lookEveryMs = 20;

/** Looks from the first `track` call on; a program that tracks nothing has no such timer. */
function lookRegularly({ guest }: Agent, tracker: StateTracker): { start(): void; stop(): void } {
  const { setInterval, clearInterval } = guest.originals;
  let timer: NodeJS.Timeout | undefined;
  return {
    start() {
      if (!tracker.isActive || timer !== undefined) return;
      timer = setInterval(() => guest.runAsGuest(() => tracker.boundary(), undefined), lookEveryMs);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
}

function handleOf({ guest, context, sink }: Agent, tracker: StateTracker, lookFromNowOn: () => void): AgentHandle {
  return {
    track(name, value) {
      guest.runAsGuest(() => {
        tracker.track(String(name), value);
        lookFromNowOn();
      }, undefined);
    },
    event: (name, attributes) => sink.event(String(name), attributes),
    metric: (name, value, unit, attributes) => {
      if (typeof value === "number") sink.metric(String(name), String(unit), value, attributes);
    },
    span(name, attributes, work) {
      const given = attributes === undefined ? {} : guest.runAsGuest(() => attributesFrom(attributes), {});
      const span = sink.startSpan(String(name), "internal", context.asParent, given);
      const end = () => sink.endSpan(span, "unset", undefined, {});
      const fail = (thrown: unknown) => {
        const exception = guest.runAsGuest(() => exceptionAttributes(thrown), {});
        sink.endSpan(span, "error", undefined, exception);
      };
      return context.run(span, () => settled(work, end, fail));
    },
  };
}

const promiseThen = Promise.prototype.then;

/**
 * Calls `end` or `fail` when `work`, or the promise it returned, has finished. Of a plain promise a derived one is
 * returned: only looking at it would mark its rejection as handled and hide it from the program. Any other thenable is
 * returned as it is, and its span ends now.
 */
function settled<Result>(work: () => Result, end: () => void, fail: (thrown: unknown) => void): Result {
  let result: Result;
  try {
    result = work();
  } catch (thrown) {
    fail(thrown);
    throw thrown;
  }
  if (!isPlainPromise(result)) {
    end();
    return result;
  }
  return Reflect.apply(promiseThen, result, [
    (value: unknown) => {
      end();
      return value;
    },
    (thrown: unknown) => {
      fail(thrown);
      throw thrown;
    },
  ]) as Result;
}

function isPlainPromise(value: unknown): boolean {
  if (!types.isPromise(value) || types.isProxy(value)) return false;
  return Object.getPrototypeOf(value) === Promise.prototype && Object.keys(value).length === 0;
}

function offerHandle(handle: AgentHandle): () => void {
  Object.defineProperty(globalThis, agentHandleKey, {
    value: handle,
    configurable: true,
    enumerable: false,
    writable: false,
  });
  return () => void Reflect.deleteProperty(globalThis, agentHandleKey);
}
