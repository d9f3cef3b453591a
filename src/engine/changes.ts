// What changed in a selected range against a baseline: rows come from the store a kind at a time, the pure core says how
// much each changed and how likely that is chance, and all are ranked together.
import { type Asker, tellPart } from "../shared/base/asker.js";
import { type ChangeKind, changeKinds } from "../shared/protocol/correlation-calls.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import {
  type Change,
  changeOfCount,
  changeOfSeries,
  changeOfShare,
  changeOfValues,
  type Ranked,
  ranked,
} from "./correlation/changed.js";
import { looksLikeCounter } from "./correlation/stationary.js";
import { type Subject, whyOf } from "./change-words.js";
import { metricChanges } from "./metric-changes.js";
import {
  type Compared,
  type Counted,
  type Distributed,
  countedAttributes,
  countedEvents,
  countedLogs,
  countedSpans,
  spanDurations,
} from "./store/changed-rows.js";
import { changedState } from "./store/changed-state.js";
import type { Query } from "./store/readers.js";

type Changes = CallResult<"range.changes">;
type Looked = Change<Subject>;

/** Of the selection: enough to see what comes in bursts. */
const cellsOfSelection = 16;
const timesAsLong = 4n;
/** With less before it nothing is usual. */
const leastCells = 6;

export async function changes(
  query: Query,
  args: CallArgs<"range.changes"> & { readonly since: bigint },
  asker: Asker,
): Promise<Changes> {
  const compared = comparedOf(args);
  if (compared === undefined) return answerOf(undefined, 0, [], 0);
  const looks = [metricLook, spanLook, durationLook, logLook, eventLook, stateLook, attributeLook];
  const looked: Looked[] = [];
  for (const [at, look] of looks.entries()) {
    tellPart(asker, { done: at, total: looks.length, unit: "share" });
    looked.push(...(await look(query, compared)));
  }
  return answerOf(compared, looked.length, ranked(looked), args.limit);
}

function comparedOf({
  from,
  to,
  baseline,
  since,
}: CallArgs<"range.changes"> & { readonly since: bigint }): Compared | undefined {
  const cellNs = (to - from) / BigInt(cellsOfSelection);
  if (cellNs <= 0n) return undefined;
  const longest = from - timesAsLong * (to - from);
  const [begin, end] =
    baseline === undefined ? [longest > since ? longest : since, from] : [baseline.from, baseline.to];
  const before = Math.min(10_000, Number((end - begin) / cellNs));
  if (before < leastCells) return undefined;
  // Whole cells, those that are nearest to the selection.
  return {
    baseline: { from: end - BigInt(before) * cellNs, to: end },
    selection: { from, to: from + BigInt(cellsOfSelection) * cellNs },
    cellNs,
    before,
    after: cellsOfSelection,
  };
}

type Look = (query: Query, compared: Compared) => Promise<readonly Looked[]>;

const there = <Value>(values: readonly (Value | undefined)[]): Value[] =>
  values.flatMap((value) => (value === undefined ? [] : [value]));
const secondsOf = ({ cellNs }: Compared): number => Number(cellNs) / 1e9;

function countsOf(kind: ChangeKind, unit: string, counted: readonly Counted[], compared: Compared): Looked[] {
  const perSecond = 1 / secondsOf(compared);
  return there(
    counted.map(({ service, subject, counts }) => {
      const change = changeOfCount<Subject>({ kind, service, subject, unit }, counts, compared);
      return change && { ...change, before: change.before * perSecond, after: change.after * perSecond };
    }),
  );
}

/** Of those that happen within a third of a cell hardly more is known than of one. */
const perCell = 3;

function valuesOf(kind: ChangeKind, unit: string, found: readonly Distributed[], compared: Compared): Looked[] {
  const worth = { before: perCell * compared.before, after: perCell * compared.after };
  return there(
    found.map(({ service, subject, ...histogram }) =>
      changeOfValues<Subject>({ kind, service, subject, unit }, histogram, worth),
    ),
  );
}

const metricLook: Look = metricChanges;

const spanLook: Look = async (query, compared) => {
  const spans = await countedSpans(query, compared);
  const errors = spans.map(({ service, subject, counts, errors: failed }) =>
    changeOfShare<Subject>({ kind: "errors", service, subject, unit: "share" }, failed, counts, compared),
  );
  return [...countsOf("rate", "/s", spans, compared), ...there(errors)];
};

const durationLook: Look = async (query, compared) =>
  valuesOf("latency", "ns", await spanDurations(query, compared), compared);

const logLook: Look = async (query, compared) => countsOf("log", "/s", await countedLogs(query, compared), compared);

const eventLook: Look = async (query, compared) =>
  countsOf("event", "/s", await countedEvents(query, compared), compared);

const stateLook: Look = async (query, compared) => {
  const { counts, averages } = await changedState(query, compared);
  const values = averages.map(({ service, subject, counts: cells }) =>
    // What is counted up is seen by how often it is written.
    looksLikeCounter(cells)
      ? undefined
      : changeOfSeries<Subject>(
          { kind: "value", service, subject, unit: "" },
          cells.subarray(0, compared.before),
          cells.subarray(compared.before),
        ),
  );
  return [...countsOf("state", "/s", counts, compared), ...there(values)];
};

/** Which share of the spans of one name says so: over-represented in the selection, or the other way round. */
const attributeLook: Look = async (query, compared) => {
  const attributes = await countedAttributes(query, compared);
  const spans = new Map(
    (await countedSpans(query, compared)).map(({ service, subject, counts }) => [
      JSON.stringify([service, subject]),
      counts,
    ]),
  );
  return there(
    attributes.map(({ service, of, subject, counts }) => {
      const all = spans.get(JSON.stringify([service, of]));
      const subjectOf: Subject = { kind: "attribute", service, subject: `${subject} of ${of}`, unit: "share" };
      return all && changeOfShare<Subject>(subjectOf, counts, all, compared);
    }),
  );
};

function answerOf(
  compared: Compared | undefined,
  tried: number,
  found: readonly Ranked<Subject>[],
  limit: number,
): Changes {
  const rows = found.slice(0, limit);
  return {
    baseline: compared?.baseline,
    tried,
    named: found.length,
    kind: Uint8Array.from(rows, ({ of }) => changeKinds.indexOf(of.kind)),
    services: rows.map(({ of }) => of.service),
    subjects: rows.map(({ of }) => of.subject),
    score: Float64Array.from(rows, ({ score }) => score),
    chance: Float64Array.from(rows, ({ chance }) => chance),
    before: Float64Array.from(rows, ({ before }) => before),
    after: Float64Array.from(rows, ({ after }) => after),
    units: rows.map(({ of }) => of.unit),
    why: rows.map(whyOf),
  };
}
