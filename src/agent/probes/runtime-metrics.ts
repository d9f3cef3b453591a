// The health of the process each second, by OpenTelemetry's names where it has one; in a worker thread, that of the thread.
import { performance as nodePerformance } from "node:perf_hooks";
import type { Attributes } from "../../shared/trace/attributes.js";
import { type ProbeKit, clockAt } from "../probe-kit.js";
import { copyOf } from "../own-data.js";
import { type Collection, watchCollector } from "./collector-watch.js";
import { CountsByKind, looksPerSteadyCount } from "./counts-by-kind.js";
import type { LoopBeat } from "./loop-beat.js";

const intervalMs = 1000;
/** Of events of the process that the agent listens to itself. */
const ownListeners: ReadonlySet<string | symbol> = new Set(["uncaughtExceptionMonitor", "warning"]);
const collectionSpanName = "v8js.gc";

export interface RuntimeMetrics {
  /** Records one sample now: the last one of a program is taken as it exits. */
  sample(): void;
  uninstall(): void;
}

export interface RuntimeSources {
  readonly beat: LoopBeat;
  /** Collections that take so long are spans; 0: none. */
  readonly collectionMs: number;
  readonly isThread: boolean;
}

export function installRuntimeMetrics(
  { guest, sink }: ProbeKit,
  { beat, collectionMs, isThread }: RuntimeSources,
  onTick: () => void,
): RuntimeMetrics {
  const { now, setInterval, clearInterval } = guest.originals;
  const recordLong = ({ startMs, durationMs, type, isForced }: Collection): void => {
    const startClock = clockAt({ sink, guest }, startMs);
    const attributes = {
      ...(type === undefined ? {} : { "v8js.gc.type": type }),
      ...(isForced ? { "v8js.gc.forced": true } : {}),
    };
    const span = sink.startSpan(collectionSpanName, "internal", { kind: "none" }, attributes, startClock);
    sink.endSpan(span, "unset", undefined, {}, startClock + durationMs);
  };
  const collector = watchCollector(guest, collectionMs === 0 ? Infinity : collectionMs, recordLong);
  // As they are now: a program's tests may replace them.
  const { cpuUsage, memoryUsage, getActiveResourcesInfo } = process;
  const { eventLoopUtilization } = nodePerformance;
  const byResource = new CountsByKind("nodejs.resource.kind", (count, attributes) => {
    sink.metric("nodejs.active_resources", "{resource}", count, attributes);
  });
  const tellListeners = (count: number, attributes: Attributes): void =>
    sink.metric("nodejs.process.listeners", "{listener}", count, attributes);
  const byEvent = new CountsByKind("nodejs.event.name", tellListeners, looksPerSteadyCount);
  let cpu = cpuUsage();
  let loop = eventLoopUtilization();
  let lastMs = now();

  const sample = (): void => {
    const at = now();
    const elapsedMs = at - lastMs;
    if (elapsedMs < 1) return;
    lastMs = at;

    const memory = memoryUsage();
    sink.metric("v8js.memory.heap.used", "By", memory.heapUsed);
    sink.metric("v8js.memory.heap.limit", "By", memory.heapTotal);
    sink.metric("v8js.memory.external", "By", memory.external);
    // Of the whole process: its main thread tells them.
    if (!isThread) {
      sink.metric("process.memory.usage", "By", memory.rss);
      const cpuNow = cpuUsage();
      const cpuMs = (cpuNow.user - cpu.user + cpuNow.system - cpu.system) / 1000;
      cpu = cpuNow;
      sink.metric("process.cpu.utilization", "1", cpuMs / elapsedMs);
    }

    const loopNow = eventLoopUtilization();
    sink.metric("nodejs.eventloop.utilization", "1", eventLoopUtilization(loopNow, loop).utilization);
    loop = loopNow;
    const late = beat.takeLateness();
    if (late !== undefined) {
      sink.metric("nodejs.eventloop.delay.p50", "s", late.p50Ms / 1000);
      sink.metric("nodejs.eventloop.delay.p99", "s", late.p99Ms / 1000);
      sink.metric("nodejs.eventloop.delay.max", "s", late.mostMs / 1000);
    }

    const collections = collector.take();
    if (collections !== undefined) {
      sink.metric("v8js.gc.count", "{collection}", collections.count);
      sink.metric("v8js.gc.duration", "s", collections.totalMs / 1000);
      sink.metric("v8js.gc.pause.max", "s", collections.longestMs / 1000);
      sink.metric("v8js.gc.utilization", "1", Math.min(1, collections.totalMs / elapsedMs));
    }

    if (guest.faults > 0) sink.metric("hindcast.agent.faults", "{fault}", guest.faults);
    const resources = getActiveResourcesInfo();
    sink.metric("nodejs.active_handles", "{handle}", resources.length);
    // What the program makes of its lists is not for us to run.
    byResource.sample(copyOf(resources).map((kind) => [String(kind), 1] as const));
    byEvent.sample(
      copyOf(process.eventNames()).flatMap((name) => {
        if (typeof name !== "string") return [];
        const count = process.listenerCount(name) - (ownListeners.has(name) ? 1 : 0);
        return count > 0 ? [[name, count] as const] : [];
      }),
    );
  };

  const timer = setInterval(() => {
    guest.runAsGuest(sample, undefined);
    // Not as a guest: it may uninstall us, which is several works of a guest.
    try {
      onTick();
    } catch (error) {
      guest.noteFault(error);
    }
  }, intervalMs);
  timer.unref();
  return {
    sample,
    uninstall() {
      clearInterval(timer);
      collector.stop();
    },
  };
}
