// What ten stages cost: the decision alone, and what an event costs with and without them from the call to the ring. Medians of
// processor time; what the chain decides is compared with the plain twin's word.
import { costSeed, pipelineCost, recordsInRound } from "../src/agent/pipeline/cost.test-support.js";
import { type Benchmark, type Figure, type Measured, quantile } from "./figures.js";

export const pipeline: Benchmark = {
  name: "pipeline",
  description:
    "ten stages over events, log lines, spans and samples as a service makes them: deciding what stays, on one processor;\n" +
    "event_…: an event that stays, from the call to the ring, without stages and with the ten",
  run(): Promise<readonly Figure[]> {
    const { decide, plain, staged, stayed, disagreement } = pipelineCost();
    const median = (values: readonly number[]): number => quantile(Float64Array.from(values), 0.5);
    const measured: Measured = { rows: decide.length * recordsInRound, fileBytes: 0, seed: costSeed, cache: "written" };
    const figures: readonly Figure[] = [
      {
        name: "chain_events_per_s",
        value: 1e9 / median(decide),
        unit: "1/s",
        budget: { atLeast: 5_000_000 },
        ...(disagreement === undefined ? {} : { invalid: disagreement }),
      },
      { name: "chain_stayed", value: stayed, unit: "1" },
      { name: "event_plain_cpu_ns", value: median(plain), unit: "ns" },
      { name: "event_ten_stages_cpu_ns", value: median(staged), unit: "ns" },
    ];
    return Promise.resolve(figures.map((figure) => ({ ...figure, measured })));
  },
};
