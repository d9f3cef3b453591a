// Which rules a record goes to: of most kinds and metrics none has anything to do.
import type { RuleRecord } from "./record.js";
import type { Feed, RuleRun } from "./rule-run.js";

export interface Route {
  readonly run: RuleRun;
  readonly feeds: readonly Feed[];
}

const nowhere: readonly Route[] = [];

export class Routes {
  readonly #byMetric = new Map<string, readonly Route[]>();
  readonly #byKind: Readonly<Record<RuleRecord["kind"], readonly Route[]>>;

  constructor(runs: readonly RuleRun[]) {
    const routesOf = (isOf: (feed: Feed) => boolean): readonly Route[] =>
      runs.map((run) => ({ run, feeds: run.feeds.filter(isOf) })).filter(({ feeds }) => feeds.length > 0);
    const ofKind = (kind: RuleRecord["kind"]) => routesOf((feed) => feed.kind === kind && feed.metric === undefined);
    this.#byKind = {
      metric: nowhere,
      span: ofKind("span"),
      log: ofKind("log"),
      event: ofKind("event"),
      state: ofKind("state"),
    };
    const metrics = new Set(runs.flatMap(({ feeds }) => feeds.flatMap(({ metric }) => metric ?? [])));
    for (const name of metrics)
      this.#byMetric.set(
        name,
        routesOf(({ metric }) => metric === name),
      );
  }

  /** In the order of the rules. */
  of(record: RuleRecord): readonly Route[] {
    return record.kind === "metric" ? (this.#byMetric.get(record.name) ?? nowhere) : this.#byKind[record.kind];
  }
}
