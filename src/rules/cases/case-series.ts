// A line of a case that makes records: a metric, logs, events, spans or state, and their values step by step.
import { aliases, recordedMetrics, withoutCounterpart } from "../catalogue.js";
import { logLevels } from "../check/check-filter.js";
import type { RuleRecord } from "../evaluate/record.js";
import { storedUnit } from "../quantity.js";
import type { LineReader } from "./line-reader.js";
import { type Sample, type ValueReading, readSampleValues } from "./sample-values.js";

export interface SeriesAround {
  readonly stepNs: number;
  /** At most so many records. */
  readonly most: number;
  /** Of a service that is named for the first time, too. */
  processOf(service: string): number;
}

type Labels = Map<string, string | number | boolean>;
type NoSeq = RuleRecord extends infer Each ? (Each extends RuleRecord ? Omit<Each, "seq"> : never) : never;

export interface SeriesRecords {
  /** In the order of time. */
  readonly records: readonly NoSeq[];
  /** When its last step is, whether or not it has a value. */
  readonly endNs: number;
}

const kinds = ["log", "event", "span", "state"] as const;

export function readSeries(line: LineReader, around: SeriesAround): SeriesRecords {
  const start = line.at;
  const name = line.isText() ? line.text("a name") : line.take(/[A-Za-z_][\w.]*/y)?.[0];
  if (name === undefined) line.fail("a line of a case begins with a series, rule or word that is known");
  const labels = line.labels();
  const service = textOf(labels, "service") ?? "app";
  const processLabel = labels.get("process");
  labels.delete("process");
  const process = typeof processLabel === "number" ? processLabel : around.processOf(service);
  const stepNs = line.takeWord("every") ? line.durationNs("how often") : around.stepNs;
  if (stepNs < 1e6) line.fail("values are at least 1ms apart", start);
  const kind = kinds.find((one) => one === name);
  const [make, reading] =
    kind === undefined
      ? metricMaker(line, start, name, labels)
      : ([makers[kind](labels, line, start), readings[kind]] as const);
  const samples = readSampleValues(line, { ...reading, most: around.most });
  const common = (step: number) => ({
    timeNs: Math.round(step * stepNs),
    process,
    service,
    attribute: (of: string) => labels.get(of),
  });
  const records: NoSeq[] = [];
  for (const [step, sample] of samples.entries()) {
    const count = reading.isCount ? Number(sample.value ?? 0) : sample.value === undefined && !sample.isStale ? 0 : 1;
    if (records.length + count > around.most) line.fail(`a case has at most ${around.most} records`);
    for (let one = 0; one < count; one++) records.push(make(sample, common(step)));
  }
  return { records, endNs: Math.round((samples.length - 1) * stepNs) };
}

type Common = Pick<RuleRecord, "timeNs" | "process" | "service" | "attribute">;
type Make = (sample: Sample, common: Common) => NoSeq;

const readings = {
  log: { unit: undefined, isCount: true, takesTexts: false },
  event: { unit: undefined, isCount: true, takesTexts: false },
  // A bare number of a span is milliseconds, as that of the response time is.
  span: { unit: storedUnit("", "ms"), isCount: false, takesTexts: false },
  state: { unit: undefined, isCount: false, takesTexts: true },
} as const;

const makers = {
  log: (labels: Labels, line: LineReader, start: number): Make => {
    const written = textOf(labels, "level") ?? "info";
    const level = logLevels.findIndex((one) => one === written);
    if (level === -1) line.fail(`a level is ${logLevels.join(", ")}`, start);
    const message = textOf(labels, "message") ?? "";
    return (_, common) => ({ kind: "log", ...common, message, level });
  },
  event: (labels: Labels): Make => {
    const name = textOf(labels, "name") ?? "";
    return (_, common) => ({ kind: "event", ...common, name });
  },
  span: (labels: Labels): Make => {
    const name = textOf(labels, "name") ?? "";
    const spanKind = textOf(labels, "kind") ?? "internal";
    const status = textOf(labels, "status") ?? "unset";
    return ({ value }, common) => ({
      kind: "span",
      ...common,
      name,
      spanKind,
      status,
      durationNs: typeof value === "number" ? Math.round(value * 1e9) : NaN,
    });
  },
  state: (labels: Labels, line: LineReader, start: number): Make => {
    const [scope, className, id] = [textOf(labels, "scope"), textOf(labels, "class"), textOf(labels, "id")];
    if (scope === undefined && className === undefined) line.fail("state has a scope or a class", start);
    const path = (textOf(labels, "path") ?? "").split(".").filter((step) => step !== "");
    return ({ value }, common) => ({
      kind: "state",
      ...common,
      scope: scope ?? "",
      className: className ?? "",
      id: id ?? "",
      path,
      value,
    });
  },
} as const;

/** As it would be recorded: what stands for a metric is written by its own name and unit. */
function metricMaker(
  line: LineReader,
  start: number,
  name: string,
  labels: Labels,
): [Make, Omit<ValueReading, "most">] {
  const alias = aliases.find((one) => one.name === name);
  if (withoutCounterpart.includes(name)) line.fail(`${name} has no counterpart in Node.js: it has no value`, start);
  if (alias !== undefined && alias.series.kind !== "metric")
    line.fail(
      alias.series.kind === "total"
        ? `${name} is made of ${alias.series.metric}: write that`
        : `${name} is made of requests: write span{kind="server", http.request.method="GET", …}`,
      start,
    );
  const own = alias?.series.kind === "metric" ? alias.series.name : name;
  const known = recordedMetrics.find((one) => one.name === own);
  const recorded = known?.unit ?? textOf(labels, "unit") ?? "";
  const stored = storedUnit(own, recorded);
  const make: Make = ({ value }, common) => ({
    kind: "metric",
    ...common,
    name: own,
    unit: recorded,
    value: typeof value === "number" ? value / stored.factor : NaN,
  });
  const unit = alias === undefined ? stored : storedUnit(own, alias.unit);
  return [make, { unit, isCount: false, takesTexts: false }];
}

function textOf(labels: Labels, name: string): string | undefined {
  const value = labels.get(name);
  return value === undefined ? undefined : String(value);
}
