// Events as a list of records: those of programs and of Hindcast, marks, and stops of whole threads.
import { type EventRows, eventRowKinds } from "../../../shared/protocol/engine-rows.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { DetailRow } from "../../state/opened-rows.js";
import type { FieldValue } from "../../state/row-filter.svelte.js";
import type { RowSource } from "../../state/rows-view.svelte.js";
import { durationText } from "../../state/text.js";
import { type Attribute, attributesFromJson } from "../../widgets/attributes.js";

export interface EventRow {
  readonly row: number;
  readonly kind: (typeof eventRowKinds)[number];
  readonly process: number;
  /** 0 where no record of the program stands behind it. */
  readonly seq: number;
  readonly timeNs: number;
  /** NaN where it has no duration. */
  readonly tookNs: number;
  readonly name: string;
  readonly attributes: string;
  readonly spanId: string;
  readonly traceId: string;
}

interface RowWords {
  readonly text: string;
  readonly attributes: readonly Attribute[];
}

export const eventRowOf = (columns: EventRows, i: number, row: number): EventRow => ({
  row,
  kind: eventRowKinds[columns.kind[i] ?? 0] ?? "event",
  process: columns.process[i] ?? 0,
  seq: columns.seq[i] ?? 0,
  timeNs: columns.timeNs[i] ?? 0,
  tookNs: columns.tookNs[i] ?? NaN,
  name: columns.names[i] ?? "",
  attributes: columns.attributes[i] ?? "",
  spanId: columns.spanIds[i] ?? "",
  traceId: columns.traceIds[i] ?? "",
});

const kindWords = { event: "event", mark: "mark", stop: "the whole thread stood still" } as const;

export function eventDetails(event: EventRow, service: string): readonly DetailRow[] {
  const rows: DetailRow[] = [];
  for (const { key, value } of attributesFromJson(event.attributes)) {
    const of = { field: "attribute", key, value } as const;
    value
      .split("\n")
      .forEach((text, i) => rows.push({ key: i === 0 ? key : "", value: text, of: i === 0 ? of : undefined }));
  }
  if (!Number.isNaN(event.tookNs)) rows.push({ key: "took", value: durationText(event.tookNs) });
  const facts: readonly FieldValue[] = [
    { field: "service", value: service },
    { field: "name", value: event.name },
  ];
  for (const of of facts) if (of.value !== "") rows.push({ key: of.field, value: of.value, of });
  rows.push({ key: "kind", value: kindWords[event.kind] });
  if (event.seq > 0) rows.push({ key: "record", value: String(event.seq) });
  return rows.slice(0, 200);
}

/** Told by the stop itself, or by its details. */
const isSaid = (key: string): boolean =>
  !key.startsWith("hindcast.") && !key.startsWith("code.") && key !== "exception.stacktrace";
const mostKeys = 8;

/** What a row says beside its name and how long it took. */
export function saidOf({ attributes }: Pick<EventRow, "attributes">): RowWords {
  const bag = attributesFromJson(attributes);
  return {
    text: bag.find(({ key }) => key === "label")?.value ?? "",
    attributes: bag.filter(({ key }) => key !== "label" && isSaid(key)).slice(0, mostKeys),
  };
}

export const eventSource = (recording: OpenRecording): RowSource<EventRows, EventRow> => ({
  page: (filter, first, limit, signal, tell) =>
    recording.call("events.rows", { ...filter, first, limit }, signal, tell),
  rowAt: (filter, instant, signal, tell) => recording.call("events.rowAt", { ...filter, instant }, signal, tell),
  rowOf: eventRowOf,
  detailsOf: (event) => eventDetails(event, recording.process(event.process)?.serviceName ?? ""),
  // The summary counts events, and neither marks nor stops.
  total: () => undefined,
  evicted: () => {
    const { events = 0, spans = 0, marks = 0 } = recording.summary.evicted ?? {};
    return events + spans + marks;
  },
});
