// Tells the recording how much each stage has left out: as a metric each second, whose last value is the count, and as gaps,
// which say where. No gap more often than it takes to see one: a stage that leaves something out all the time tells it so often.
import { filteredMetric, filteredStageAttribute } from "../../shared/trace/filtered.js";
import type { Recorder } from "../recorder.js";
import { type Accounts, totalOfKinds } from "./account.js";

const gapEveryMs = 10_000;

type Told = Pick<Recorder, "metric" | "filtered" | "clockMs">;

/** The function returned tells what has changed since it was called last; `atOnce`: gaps, too, whenever the last ones were. */
export function reportFiltered(accounts: Accounts, sink: Told): (atOnce: boolean) => void {
  const sampled = new Map<string, number>();
  const startMs = sink.clockMs();
  return (atOnce) => {
    for (const account of accounts.all) {
      const { words, total, toldTotal, toldMs } = account;
      if (total === 0) continue;
      if (sampled.get(words) !== total) {
        sampled.set(words, total);
        sink.metric(filteredMetric, "{record}", total, { [filteredStageAttribute]: words });
      }
      const now = sink.clockMs();
      const isDue = atOnce || toldMs === undefined || now - toldMs >= gapEveryMs;
      const { untold } = account;
      if (total === toldTotal || !isDue || totalOfKinds(untold) === 0) continue;
      if (sink.filtered(words, toldMs ?? startMs, untold)) account.tell(now);
    }
  };
}
