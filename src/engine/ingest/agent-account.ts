// What an agent says of itself in its metrics: how often it went wrong, how much its pipeline left out, how often its ring was
// resized. Each is said as the total so far.
import type { Attributes } from "../../shared/trace/attributes.js";
import { ringSizeMetric } from "../../shared/trace/ring-resized.js";
import { type LiveCount, type LiveCounts, countedBy } from "../store/agent-counts.js";
import type { AgentFaults } from "../store/recording-rows.js";
import type { Incoming } from "./incoming.js";

/** How often the agent itself went wrong, told while the program runs. */
const faultSeries = "hindcast.agent.faults";

export class AgentAccount {
  #faults: AgentFaults | undefined;
  #faultSeries: number | undefined;
  /** Series that count what the agent has done, by their ids. */
  readonly #countingSeries = new Map<number, readonly [LiveCount, string]>();
  #counted: LiveCounts = {};
  #ringSeries: number | undefined;
  #largestRing = 0;

  get faults(): AgentFaults | undefined {
    return this.#faults;
  }

  get counted(): LiveCounts {
    return this.#counted;
  }

  /** The most that it said its ring had; 0: it was never resized. */
  get largestRing(): number {
    return this.#largestRing;
  }

  noteSeries(id: number, name: string | undefined, attributes: Attributes): void {
    if (name === faultSeries) this.#faultSeries = id;
    if (name === ringSizeMetric) this.#ringSeries = id;
    const counts = countedBy(name, attributes);
    if (counts !== undefined) this.#countingSeries.set(id, counts);
  }

  noteSample(incoming: Incoming, index: number): void {
    if (incoming.isSampleOf(index, this.#faultSeries)) this.noteFaults(incoming.value[index] ?? 0, 0);
    else if (incoming.isSampleOf(index, this.#ringSeries))
      this.#largestRing = Math.max(this.#largestRing, incoming.value[index] ?? 0);
    else if (this.#countingSeries.size > 0) this.#noteCounted(incoming, index);
  }

  noteFaults(agent: number, worker: number): void {
    if (agent + worker === 0) return;
    this.#faults = {
      agent: Math.max(agent, this.#faults?.agent ?? 0),
      worker: Math.max(worker, this.#faults?.worker ?? 0),
    };
  }

  #noteCounted(incoming: Incoming, index: number): void {
    const counts = incoming.isSample(index) ? this.#countingSeries.get(incoming.refers[index] ?? 0) : undefined;
    if (counts === undefined) return;
    const [counted, by] = counts;
    const sofar = { ...this.#counted[counted], [by]: incoming.value[index] ?? 0 };
    this.#counted = { ...this.#counted, [counted]: sofar };
  }
}
