// How often the recorder itself went wrong inside the recorded programs. Each process counts its own and says so with
// its other metrics; a recording without such a series had none.
import { ok } from "../../shared/base/result.js";
import type { MetricSeries } from "../../shared/protocol/engine-rows.js";
import type { OpenRecording } from "./open-recording.svelte.js";
import { Query } from "./query.svelte.js";

const seriesName = "hindcast.agent.faults";
/** Faults are rare; whoever looks at a live recording learns of them soon enough. */
const refreshMs = 5000;
/** After what somebody waits for. */
const firstMs = 1000;

/** The count only grows, so that its highest sample is the whole of it. */
export const faultsOf = (series: readonly Pick<MetricSeries, "name" | "max">[]): number =>
  series.filter(({ name }) => name === seriesName).reduce((sum, { max }) => sum + max, 0);

export class AgentFaults {
  readonly #recording: OpenRecording;
  readonly #query = new Query<number>();
  readonly #release: () => void;
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(recording: OpenRecording) {
    this.#recording = recording;
    this.#release = recording.onGrown(() => {
      this.#later ??= setTimeout(() => this.#ask(), refreshMs);
    });
    this.#later = setTimeout(() => this.#ask(), firstMs);
  }

  get count(): number {
    return this.#query.value ?? 0;
  }

  dispose(): void {
    clearTimeout(this.#later);
    this.#release();
    this.#query.cancel();
  }

  #ask(): void {
    this.#later = undefined;
    this.#query.load(async (signal) => {
      const answer = await this.#recording.call("metrics.list", {}, signal);
      return answer.ok ? ok(faultsOf(answer.value)) : answer;
    });
  }
}
