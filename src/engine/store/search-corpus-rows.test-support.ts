// What the rows of a corpus are made of, and how one is read.
import type { FoundKind } from "../../shared/protocol/engine-rows.js";
import type { Hello } from "../../shared/protocol/agent-wire.js";
import type { SpanRow } from "./recording-rows.js";
import type { RecordingWriter } from "./recording-writer.js";

export const words = [
  ...[
    "order",
    "shipped",
    "ORDER_placed",
    "réglé",
    "RÉGLÉ",
    "straße",
    "Ünïcode",
    "ΟΔΌΣ",
    "日本語の注文",
    "😀👍",
    "timeout",
    "Timeouts",
  ],
  ...[
    'say "no"',
    "C:\\new\\temp",
    "line\nbreak",
    "tab\there",
    "\u0007bell",
    "a/b",
    "100%",
    "it's",
    "",
    " ",
    "x",
    "ab",
    "GET /orders/77",
  ],
  ...["\u212aelvin", "\u0130zmir", "e\u0301", "nul\u0000byte", "w".repeat(300), "for_the_record"],
];

export interface Made {
  readonly kind: FoundKind;
  readonly process: number;
  readonly seq: number;
  readonly instant: bigint;
  fields: readonly (readonly [field: string, text: string])[];
}

export interface OpenSpan {
  readonly row: SpanRow;
  readonly made: Made;
}

export const hello: Hello = {
  kind: "hello",
  wireVersion: 1,
  token: "",
  agentVersion: "0",
  runId: "0123",
  pid: 1,
  parentPid: 1,
  timeOriginMs: 0,
  clockMs: 0,
  argv: [],
  execArgv: [],
  cwd: "/",
  serviceName: "app",
  nodeVersion: "20",
  v8Version: "11",
  platform: "linux",
  arch: "x64",
  hostName: "here",
  settings: { level: "requests", include: [], exclude: [], writes: true },
};

export function matchOf({ fields }: Made, needle: string): string {
  const [field, text] = fields.find(([, text]) => lower(text).includes(needle)) ?? ["", ""];
  const [characters, at] = [[...text], [...lower(text).split(needle, 1).join("")].length];
  const length = Math.min(120, [...needle].length);
  return `${field}: ${needle === "" ? "" : characters.slice(at, at + length).join("")}`;
}

export const lower = (text: string): string =>
  [...text]
    .map((character) => (character === "\u0130" ? "i" : character === "\u03a3" ? "\u03c3" : character.toLowerCase()))
    .join("");

/** JSON text with every escape as its character: texts above have no others than these. */
export const shownJson = (json: string): string =>
  json.replace(/\\(u[0-9a-f]{4}|.)/g, (_, what: string) => {
    if (what.startsWith("u")) return String.fromCharCode(Number.parseInt(what.slice(1), 16));
    return { n: "\n", t: "\t", b: "\b", f: "\f", r: "\r" }[what] ?? what;
  });

export function newSpan(
  head: Pick<Made, "process" | "seq" | "instant">,
  name: number,
  attributes: string,
  fields: Made["fields"],
): OpenSpan {
  const row: SpanRow = {
    ...head,
    span: head.seq,
    parent: 0,
    lane: 0,
    kind: "server",
    ids: new Uint8Array(32),
    name,
    status: "unset",
    attributes,
    end: undefined,
  };
  return { row, made: { ...head, kind: "span", fields } };
}

export function addHead(
  rows: ReturnType<RecordingWriter["rowsOf"]>,
  { process, seq, instant }: Pick<Made, "process" | "seq" | "instant">,
): void {
  rows.process.add(process);
  rows.seq.addNumber(seq);
  rows.instant.push(instant);
}
