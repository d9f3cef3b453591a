// The health of the process each second, by OpenTelemetry's names where it has one.
import { monitorEventLoopDelay, performance as nodePerformance } from "node:perf_hooks";
import { GCProfiler } from "node:v8";
import type { ProbeKit } from "../probe-kit.js";

const intervalMs = 1000;
/** How often the event loop is asked how late it is; the histogram counts this interval in. */
const delayResolutionMs = 20;

export interface RuntimeMetrics {
  /** Records one sample now: the last one of a program is taken as it exits. */
  sample(): void;
  uninstall(): void;
}

export function installRuntimeMetrics({ guest, sink }: ProbeKit, onTick: () => void): RuntimeMetrics {
  const { now, setInterval, clearInterval } = guest.originals;
  const delay = monitorEventLoopDelay({ resolution: delayResolutionMs });
  // Not a PerformanceObserver: Node calls those through what the program may have done to Array.prototype.
  let collector = new GCProfiler();
  // As they are now: a program's tests may replace them.
  const { cpuUsage, memoryUsage, getActiveResourcesInfo } = process;
  const { eventLoopUtilization } = nodePerformance;
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
    sink.metric("process.memory.usage", "By", memory.rss);

    const cpuNow = cpuUsage();
    const cpuMs = (cpuNow.user - cpu.user + cpuNow.system - cpu.system) / 1000;
    cpu = cpuNow;
    sink.metric("process.cpu.utilization", "1", cpuMs / elapsedMs);

    const loopNow = eventLoopUtilization();
    sink.metric("nodejs.eventloop.utilization", "1", eventLoopUtilization(loopNow, loop).utilization);
    loop = loopNow;
    sink.metric("nodejs.eventloop.delay.p50", "s", lateSeconds(delay.percentile(50)));
    sink.metric("nodejs.eventloop.delay.p99", "s", lateSeconds(delay.percentile(99)));
    delay.reset();

    const gc = pausesOf(collector.stop());
    collector = new GCProfiler();
    collector.start();
    sink.metric("v8js.gc.count", "{collection}", gc.count);
    sink.metric("v8js.gc.duration", "s", gc.totalMs / 1000);
    sink.metric("v8js.gc.pause.max", "s", gc.longestMs / 1000);
    sink.metric("v8js.gc.utilization", "1", Math.min(1, gc.totalMs / elapsedMs));

    if (guest.faults > 0) sink.metric("hindcast.agent.faults", "{fault}", guest.faults);
    sink.metric("nodejs.active_handles", "{handle}", getActiveResourcesInfo().length);
  };

  delay.enable();
  collector.start();
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
      delay.disable();
      collector.stop();
    },
  };
}

const lateSeconds = (ns: number): number => Math.max(0, ns / 1e6 - delayResolutionMs) / 1000;

/** What Node's collector profile says of the pauses in it; `cost` is in microseconds. */
function pausesOf(profile: unknown): { readonly count: number; readonly totalMs: number; readonly longestMs: number } {
  const statistics: unknown =
    typeof profile === "object" && profile !== null && "statistics" in profile ? profile.statistics : undefined;
  const costs: readonly unknown[] = Array.isArray(statistics) ? statistics : [];
  let [totalMs, longestMs] = [0, 0];
  for (const entry of costs) {
    const isPause = typeof entry === "object" && entry !== null && "cost" in entry && typeof entry.cost === "number";
    const pauseMs = isPause ? Number(entry.cost) / 1000 : 0;
    totalMs += pauseMs;
    longestMs = Math.max(longestMs, pauseMs);
  }
  return { count: costs.length, totalMs, longestMs };
}
