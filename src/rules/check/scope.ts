// What is gathered while one rule is checked: its sources and windows, each once, and its problems.
import { type KnownMetric, aliases, recordedMetrics, withoutCounterpart } from "../catalogue.js";
import type { SourcePlan, WindowFunction, WindowPlan } from "../plan.js";
import { type Place, type Problem, didYouMean, nearest } from "../problem.js";
import { type Unit, storedUnit } from "../quantity.js";

export interface Series {
  source(isAsStored: boolean): SourcePlan;
  readonly unit: Unit;
  /** Nobody knows yet what it is counted in. */
  readonly isUnknown: boolean;
}

export class RuleScope {
  readonly sources: SourcePlan[] = [];
  readonly windows: { source: number; extent: WindowPlan["extent"]; reads: WindowFunction[] }[] = [];
  problems: Problem[] = [];
  readonly #metrics: ReadonlyMap<string, KnownMetric>;

  constructor(metrics: readonly KnownMetric[]) {
    this.#metrics = new Map([...recordedMetrics, ...metrics].map((metric) => [metric.name, metric]));
  }

  error({ from, to }: Place, message: string, fix?: string): undefined {
    this.problems.push({ from, to, severity: "error", message, ...(fix === undefined ? {} : { fix }) });
  }

  warning({ from, to }: Place, message: string, fix?: string): void {
    this.problems.push({ from, to, severity: "warning", message, ...(fix === undefined ? {} : { fix }) });
  }

  addSource(source: SourcePlan): number {
    return indexIn(this.sources, source, (one) => one);
  }

  addWindow(source: SourcePlan, extent: WindowPlan["extent"], read: WindowFunction): number {
    const at = indexIn(this.windows, { source: this.addSource(source), extent, reads: [] }, (one) => [
      one.source,
      one.extent,
    ]);
    const window = this.windows[at];
    if (window?.reads.includes(read) === false) window.reads.push(read);
    return at;
  }

  /** What gives problems is as if it had not been there: the problems, if it gave any that are errors. */
  attempt<T>(work: () => T): { readonly value: T; readonly problems: readonly Problem[]; readonly failed: boolean } {
    const { problems } = this;
    const [sources, windows] = [this.sources.length, this.windows.length];
    this.problems = [];
    const value = work();
    const found = this.problems;
    this.problems = problems;
    const failed = found.some(({ severity }) => severity === "error");
    if (failed) {
      this.sources.length = sources;
      this.windows.length = windows;
    }
    return { value, problems: found, failed };
  }

  /** A metric by its own name or one that stands for it. */
  series(name: string, place: Place): Series {
    const alias = aliases.find((one) => one.name === name);
    if (alias !== undefined && !this.#metrics.has(name)) {
      const { series } = alias;
      const unit = storedUnit(series.kind === "metric" ? series.name : name, alias.unit);
      return {
        unit,
        isUnknown: false,
        source: () =>
          series.kind === "metric"
            ? { kind: "metric", name: series.name, filter: undefined, isAsStored: false }
            : {
                kind: "derived",
                derivation: series.kind === "total" ? { how: "total", metric: series.metric } : series.derivation,
                filter: undefined,
              },
      };
    }
    const known = this.#metrics.get(name);
    if (known === undefined) this.#warnOfUnknown(name, place);
    return {
      unit: known === undefined ? { kind: "unknown", factor: 1 } : storedUnit(name, known.unit),
      isUnknown: known === undefined,
      source: (isAsStored) => ({ kind: "metric", name, filter: undefined, isAsStored }),
    };
  }

  #warnOfUnknown(name: string, place: Place): void {
    if (withoutCounterpart.includes(name)) {
      this.warning(place, `${name} has no counterpart in Node.js: it has no value`);
      return;
    }
    const meant = nearest(name, [...this.#metrics.keys(), ...aliases.map((alias) => alias.name)]);
    this.warning(place, `no metric is called ${name} so far${didYouMean(meant)}`, meant);
  }
}

function indexIn<T>(list: T[], value: T, keyOf: (one: T) => unknown): number {
  const key = keyText(keyOf(value));
  const found = list.findIndex((one) => keyText(keyOf(one)) === key);
  return found === -1 ? list.push(value) - 1 : found;
}

/** A step that is any is undefined, which JSON would not tell from none. */
const keyText = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (part === undefined ? { any: true } : part));
