// Who calls whom in the selected stretch or the whole recording, and a request to look at of whoever is chosen.
import { ok } from "../../../shared/base/result.js";
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import { spanKinds } from "../../../shared/trace/attributes.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { Selection } from "../../state/selection.svelte.js";
import { type AskedRange, askedRange } from "./asked-range.js";

const consumerKind = spanKinds.indexOf("consumer");

export type Graph = CallResult<"services.graph">;

export interface Call {
  readonly from: number;
  readonly to: number;
  readonly calls: number;
  readonly errors: number;
  readonly perSecond: number;
  readonly p50Ns: number;
  readonly p95Ns: number;
}

export class Services {
  readonly #recording: OpenRecording;
  readonly #selection: Selection;
  readonly #playhead: Playhead;
  readonly graph = new Query<Graph>();
  readonly slowest = new Query<undefined>();
  readonly #due: Repeats;
  #chosen = $state<string>();

  readonly calls: readonly Call[] = $derived.by(() => {
    const graph = this.graph.value;
    if (graph === undefined) return [];
    return Array.from(graph.calls, (calls, at) => ({
      from: graph.from[at] ?? 0,
      to: graph.to[at] ?? 0,
      calls,
      errors: graph.errors[at] ?? 0,
      perSecond: graph.perSecond[at] ?? 0,
      p50Ns: graph.p50Ns[at] ?? Number.NaN,
      p95Ns: graph.p95Ns[at] ?? Number.NaN,
    }));
  });

  constructor(recording: OpenRecording, selection: Selection, playhead: Playhead) {
    this.#recording = recording;
    this.#selection = selection;
    this.#playhead = playhead;
    this.#due = new Repeats(recording, this.graph, "second");
  }

  /** By name: the graph may be asked for anew. */
  get chosen(): string | undefined {
    return this.#chosen;
  }
  get range(): AskedRange {
    return askedRange(this.#recording, this.#selection);
  }

  choose(name: string): void {
    this.#chosen = this.#chosen === name ? undefined : name;
  }

  /** Call from an effect. */
  load(): void {
    const { from, to, key } = this.range;
    if (!this.#due.isDue(key, 0)) return;
    this.graph.load((signal, tell) => this.#recording.call("services.graph", { from, to }, signal, tell));
  }

  again(): void {
    this.#due.retry();
  }

  /** The slowest request of a service there is opened in Requests, shown in Lanes, and the playhead put to its beginning. */
  showSlowest(service: string): void {
    const { from, to } = this.range;
    this.slowest.restart(async (signal, tell) => {
      const routes = await this.#recording.call("requests.routes", { from, to }, signal, tell);
      if (!routes.ok) return routes;
      const { services, maxNs } = routes.value;
      const own = services.flatMap((one, at) => (one === service && !Number.isNaN(maxNs[at] ?? NaN) ? [at] : []));
      const [route] = own.toSorted((a, b) => (maxNs[b] ?? 0) - (maxNs[a] ?? 0));
      if (route === undefined) return ok(undefined);
      const of = {
        service,
        route: routes.value.routes[route] ?? "",
        kind: routes.value.kind[route] === consumerKind ? ("consumer" as const) : ("server" as const),
      };
      const args = { from, to, ...of, order: "slowest" as const, first: 0, limit: 1 };
      const answer = await this.#recording.call("requests.list", args, signal, tell);
      if (!answer.ok) return answer;
      const [process, spanId, timeNs] = [answer.value.process[0], answer.value.spanIds[0], answer.value.timeNs[0]];
      if (process === undefined || spanId === undefined || timeNs === undefined || signal.aborted) return ok(undefined);
      this.#playhead.moveTo(timeNs);
      this.#selection.selectSpan({ process, spanId, traceId: answer.value.traceIds[0] ?? "" });
      this.#selection.showRequest({ kind: "one", process, spanId, outermost: false, of });
      return ok(undefined);
    });
  }
}
