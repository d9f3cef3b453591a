// The health of the process each second, by OpenTelemetry's names where it has one; in a worker thread, that of the thread.
import { monitorEventLoopDelay, performance as nodePerformance } from "node:perf_hooks";
import type { ProbeKit } from "../probe-kit.js";
import { watchCollector } from "./collector-watch.js";

const intervalMs = 1000;
/** How often the event loop is asked how late it is; the histogram counts this interval in. */
const delayResolutionMs = 20;

export interface RuntimeMetrics {
  /** Records one sample now: the last one of a program is taken as it exits. */
  sample(): void;
  uninstall(): void;
}

export function installRuntimeMetrics({ guest, sink }: ProbeKit, onTick: () => void, isThread = false): RuntimeMetrics {
  const { now, setInterval, clearInterval } = guest.originals;
  const delay = monitorEventLoopDelay({ resolution: delayResolutionMs });
  const collector = watchCollector(guest);
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
    sink.metric("nodejs.eventloop.delay.p50", "s", lateSeconds(delay.percentile(50)));
    sink.metric("nodejs.eventloop.delay.p99", "s", lateSeconds(delay.percentile(99)));
    delay.reset();

    const collections = collector.take();
    if (collections !== undefined) {
      sink.metric("v8js.gc.count", "{collection}", collections.count);
      sink.metric("v8js.gc.duration", "s", collections.totalMs / 1000);
      sink.metric("v8js.gc.pause.max", "s", collections.longestMs / 1000);
      sink.metric("v8js.gc.utilization", "1", Math.min(1, collections.totalMs / elapsedMs));
    }

    if (guest.faults > 0) sink.metric("hindcast.agent.faults", "{fault}", guest.faults);
    sink.metric("nodejs.active_handles", "{handle}", getActiveResourcesInfo().length);
  };

  delay.enable();
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
