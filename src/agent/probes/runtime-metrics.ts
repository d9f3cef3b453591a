// The health of the process each second, by OpenTelemetry's names where it has one.
import {
  PerformanceObserver,
  type PerformanceEntry,
  monitorEventLoopDelay,
  performance as nodePerformance,
} from "node:perf_hooks";
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
  const gc = { count: 0, totalMs: 0, longestMs: 0 };
  const noteGc = (entries: readonly PerformanceEntry[]): void => {
    for (const { duration } of entries) {
      gc.count++;
      gc.totalMs += duration;
      gc.longestMs = Math.max(gc.longestMs, duration);
    }
  };
  const observer = new PerformanceObserver((list) => guest.runAsGuest(() => noteGc(list.getEntries()), undefined));
  let cpu = process.cpuUsage();
  let loop = nodePerformance.eventLoopUtilization();
  let lastMs = now();

  const sample = (): void => {
    const at = now();
    const elapsedMs = at - lastMs;
    if (elapsedMs < 1) return;
    lastMs = at;

    const memory = process.memoryUsage();
    sink.metric("v8js.memory.heap.used", "By", memory.heapUsed);
    sink.metric("v8js.memory.heap.limit", "By", memory.heapTotal);
    sink.metric("v8js.memory.external", "By", memory.external);
    sink.metric("process.memory.usage", "By", memory.rss);

    const cpuNow = process.cpuUsage();
    const cpuMs = (cpuNow.user - cpu.user + cpuNow.system - cpu.system) / 1000;
    cpu = cpuNow;
    sink.metric("process.cpu.utilization", "1", cpuMs / elapsedMs);

    const loopNow = nodePerformance.eventLoopUtilization();
    sink.metric("nodejs.eventloop.utilization", "1", nodePerformance.eventLoopUtilization(loopNow, loop).utilization);
    loop = loopNow;
    sink.metric("nodejs.eventloop.delay.p50", "s", lateSeconds(delay.percentile(50)));
    sink.metric("nodejs.eventloop.delay.p99", "s", lateSeconds(delay.percentile(99)));
    delay.reset();

    noteGc(observer.takeRecords());
    sink.metric("v8js.gc.count", "{collection}", gc.count);
    sink.metric("v8js.gc.duration", "s", gc.totalMs / 1000);
    sink.metric("v8js.gc.pause.max", "s", gc.longestMs / 1000);
    sink.metric("v8js.gc.utilization", "1", Math.min(1, gc.totalMs / elapsedMs));
    gc.count = gc.totalMs = gc.longestMs = 0;

    if (guest.faults > 0) sink.metric("hindcast.agent.faults", "{fault}", guest.faults);
    sink.metric("nodejs.active_handles", "{handle}", process.getActiveResourcesInfo().length);
  };

  delay.enable();
  observer.observe({ entryTypes: ["gc"] });
  const timer = setInterval(() => {
    guest.runAsGuest(sample, undefined);
    guest.runAsGuest(onTick, undefined);
  }, intervalMs);
  timer.unref();
  return {
    sample,
    uninstall() {
      clearInterval(timer);
      delay.disable();
      observer.disconnect();
    },
  };
}

const lateSeconds = (ns: number): number => Math.max(0, ns / 1e6 - delayResolutionMs) / 1000;
