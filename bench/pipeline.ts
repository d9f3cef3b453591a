// What ten stages cost: one of everything there is, the decision of ten others alone, the same with two more that change what stays, and
// what an event costs with and without the ten from the call to the ring. Medians of processor time; what the chain decides is compared with the plain twin's word.
import { costSeed, pipelineCost, recordsInRound } from "../src/agent/pipeline/cost.test-support.js";
import { type Benchmark, type Figure, type Measured, median } from "./figures.js";

export const pipeline: Benchmark = {
  name: "pipeline",
  description:
    "ten stages over events, log lines, spans and samples as a service makes them: on one processor;\n" +
    "events: one stage of everything there is, the user's own function among them;\n" +
    "decided: what stays, of ten that change nothing; executed: with a redact and a truncate stage more, which change nearly all;\n" +
    "event_…: an event that stays, from the call to the ring, without stages and with the ten",
  run(): Promise<readonly Figure[]> {
    const cost = pipelineCost();
    const { decide, every, change, plain, staged, stayed, changed, disagreement } = cost;
    const measured: Measured = { rows: decide.length * recordsInRound, fileBytes: 0, seed: costSeed, cache: "written" };
    const figures: readonly Figure[] = [
      {
        name: "chain_events_per_s",
        value: 1e9 / median(every),
        unit: "1/s",
        budget: { atLeast: 5_000_000 },
        ...(disagreement === undefined ? {} : { invalid: disagreement }),
      },
      { name: "chain_events_stayed", value: cost.everyStayed, unit: "1" },
      { name: "chain_events_changed_of_stayed", value: cost.everyChanged, unit: "1" },
      {
        name: "chain_decided_per_s",
        value: 1e9 / median(decide),
        unit: "1/s",
        budget: { atLeast: 5_000_000 },
        ...(disagreement === undefined ? {} : { invalid: disagreement }),
      },
      { name: "chain_executed_per_s", value: 1e9 / median(change), unit: "1/s" },
      { name: "chain_changed_of_stayed", value: changed, unit: "1" },
      { name: "chain_stayed", value: stayed, unit: "1" },
      { name: "event_plain_cpu_ns", value: median(plain), unit: "ns" },
      { name: "event_ten_stages_cpu_ns", value: median(staged), unit: "ns" },
    ];
    return Promise.resolve(figures.map((figure) => ({ ...figure, measured })));
  },
};
