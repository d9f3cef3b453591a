// What a log row says: the message, then the attributes worth a glance; the rest is in the row's details.
import { severityFromNumber } from "../../../shared/trace/attributes.js";
import type { DetailRow } from "../../state/opened-rows.js";
import type { FieldValue } from "../../state/row-filter.svelte.js";
import { type Attribute, attributesFromJson } from "../../widgets/attributes.js";

/** Said elsewhere in the row, or true of every line of a program. */
const unsaid = new Set([
  "pid",
  "hostname",
  "time",
  "level",
  "msg",
  "name",
  "service",
  "v",
  "trace_id",
  "span_id",
  "traceId",
  "spanId",
  "logger",
]);
const unsaidGroups = ["log.", "code.", "exception.", "hindcast."];
const mostKeys = 6;
/** More of a value would leave the others no room; the last has what is left of the row, whose edge cuts it. */
const longestValue = 80;
const longestLast = 1000;

export interface LogMessage {
  readonly text: string;
  readonly attributes: readonly Attribute[];
}

export function messageOf(body: string, attributesJson: string): LogMessage {
  const attributes: Attribute[] = [];
  for (const { key, value } of attributesFromJson(attributesJson)) {
    if (unsaid.has(key) || unsaidGroups.some((group) => key.startsWith(group))) continue;
    attributes.push({ key, value });
    if (attributes.length === mostKeys) break;
  }
  return { text: firstLine(body), attributes: attributes.map((one, at) => cut(one, at === attributes.length - 1)) };
}

function cut({ key, value }: Attribute, isLast: boolean): Attribute {
  const most = isLast ? longestLast : longestValue;
  return { key, value: value.length > most ? `${value.slice(0, most)}…` : value };
}

/** Terminal colours are for terminals. */
const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, "g");

function firstLine(body: string): string {
  const plain = body.replace(escapes, "");
  const end = plain.indexOf("\n");
  return end < 0 ? plain : `${plain.slice(0, end)} ⏎`;
}

/** All of a line: every line of the body where it has several, then every attribute, then where it came from; each can be filtered by. */
export function detailsOf(
  line: { body: string; attributes: string; source: string; seq: number; severity: number },
  service: string,
): readonly DetailRow[] {
  const rows: DetailRow[] = [];
  const body = line.body.replace(escapes, "").split("\n");
  if (body.length > 1) body.forEach((text, i) => rows.push({ key: i === 0 ? "message" : "", value: text }));
  for (const { key, value } of attributesFromJson(line.attributes)) {
    const of = { field: "attribute", key, value } as const;
    value
      .split("\n")
      .forEach((text, i) => rows.push({ key: i === 0 ? key : "", value: text, of: i === 0 ? of : undefined }));
  }
  const facts: readonly FieldValue[] = [
    { field: "service", value: service },
    { field: "level", value: severityFromNumber(line.severity) },
    { field: "name", value: line.source },
  ];
  for (const of of facts)
    if (of.value !== "") rows.push({ key: of.field === "name" ? "logger" : of.field, value: of.value, of });
  rows.push({ key: "record", value: String(line.seq) });
  return rows.slice(0, 200);
}
