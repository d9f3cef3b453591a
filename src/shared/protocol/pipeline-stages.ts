// The pipeline that records go through in the recorded program, as it is written down: a list of stages, each with what it
// does and which records it is about. In settings, `hindcast.config.*`, the environment and the window it is the same list.
import * as v from "valibot";
import { type Result, failed, ok } from "../base/result.js";
import type { severities } from "../trace/attributes.js";

export const filteredKinds = ["event", "span", "log", "metric", "write"] as const;
export type FilteredKind = (typeof filteredKinds)[number];

const mostStages = 64;
/** As JSON: programs have so much room for it. */
export const mostPipelineBytes = 65_000;
const mostAlternatives = 64;
const mostHeldMs = 60_000;

const shortText = v.pipe(v.string(), v.maxLength(1024));
const oneOrMore = <Item extends v.GenericSchema>(item: Item) =>
  v.union([item, v.pipe(v.array(item), v.minLength(1), v.maxLength(mostAlternatives))]);
const severity = v.picklist(["trace", "debug", "info", "warn", "error", "fatal"] satisfies (keyof typeof severities)[]);

/** What a stage is about: every part that is there has to hold. In texts `*` stands for anything. */
const where = v.strictObject({
  kind: v.optional(oneOrMore(v.picklist(filteredKinds))),
  /** Of an event or span its name, of a log line what wrote it, of a sample its series, of a write its scope. */
  name: v.optional(oneOrMore(shortText)),
  attributes: v.optional(v.record(shortText, oneOrMore(v.union([shortText, v.number(), v.boolean()])))),
  /** Log lines less severe than this. */
  below: v.optional(severity),
});
export type Where = v.InferOutput<typeof where>;

const about = { where: v.optional(where) };
const countUpTo = (most: number) => v.pipe(v.number(), v.minValue(0), v.maxValue(most));

const stage = v.variant("stage", [
  /** What it is about is left out. */
  v.strictObject({ stage: v.literal("drop"), ...about }),
  /** Of the kinds it names only what it is about stays. */
  v.strictObject({ stage: v.literal("keep"), ...about }),
  /** This share of all traces stays, the same ones in every process, and what is in no trace by chance. */
  v.strictObject({ stage: v.literal("sample"), ratio: countUpTo(1), ...about }),
  v.strictObject({ stage: v.literal("rate-limit"), perSecond: countUpTo(1e9), ...about }),
  /** Attributes of these names are hidden, however deep. */
  v.strictObject({ stage: v.literal("redact"), keys: v.pipe(v.array(shortText), v.minLength(1)), ...about }),
  /** No text is longer than so many UTF-16 units. */
  v.strictObject({
    stage: v.literal("truncate"),
    characters: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_536)),
    ...about,
  }),
  /** Spans that took less than so long, in which nothing else was recorded, are left out; those that failed stay. */
  v.strictObject({
    stage: v.literal("drop-short"),
    milliseconds: v.pipe(v.number(), v.minValue(0), v.maxValue(mostHeldMs)),
    ...about,
  }),
  /** What a function of the user's own says: the default export of this file, which the program loads. */
  v.strictObject({ stage: v.literal("custom"), module: shortText, ...about }),
]);
export type PipelineStage = v.InferOutput<typeof stage>;

export const pipelineStages = v.pipe(
  v.array(stage),
  v.maxLength(mostStages, `at most ${mostStages} stages`),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    dataset.value.forEach((one, at) => {
      for (const { path, message } of problemsOf(one)) {
        const within = { type: "array", origin: "value", input: dataset.value, key: at, value: one } as const;
        const parts = path.map((key) => {
          return { type: "object", origin: "value", input: { ...one.where }, key, value: undefined } as const;
        });
        addIssue({ message, path: [within, ...parts] });
      }
    });
  }),
);
export type Pipeline = v.InferOutput<typeof pipelineStages>;

interface StageProblem {
  readonly path: readonly string[];
  readonly message: string;
}

/** An absolute path, of Unix or of Windows: whoever reads a relative one stands somewhere else. */
const isAbsolute = (path: string): boolean => /^(?:[/\\]|[A-Za-z]:[/\\])/.test(path);

/** What no type says: state is captured by whole scopes or not at all, or it would lie. */
function problemsOf(given: PipelineStage): StageProblem[] {
  const { stage: does, where: condition } = given;
  const problems: StageProblem[] = [];
  const kinds = kindsOf(condition);
  const problem = (part: string, message: string): void => void problems.push({ path: ["where", part], message });
  if (given.stage === "custom" && !isAbsolute(given.module))
    problems.push({ path: ["module"], message: "expected an absolute path" });
  if (does === "drop-short" && condition?.kind !== undefined && kinds.some((kind) => kind !== "span"))
    problem("kind", `drop-short is about "span" only`);
  if (condition?.kind !== undefined && kinds.includes("write")) {
    if (does !== "drop" && does !== "keep")
      problem("kind", `"write" goes with drop and keep only: state is captured by whole scopes`);
    else if (condition.attributes !== undefined) problem("attributes", "writes have none: name scopes");
  }
  if (condition?.below !== undefined && kinds.some((kind) => kind !== "log"))
    problem("below", `goes with "kind": "log" only`);
  return problems;
}

/** Which kinds of records a stage is about. Writes have to be named. */
export function kindsOf(condition: Where | undefined): readonly FilteredKind[] {
  if (condition?.kind !== undefined) return listOf(condition.kind);
  if (condition?.below !== undefined) return ["log"];
  return ["event", "span", "log", "metric"];
}

export function listOf<Item>(given: Item | readonly Item[]): readonly Item[] {
  return isList(given) ? given : [given];
}

const isList = <Item>(given: Item | readonly Item[]): given is readonly Item[] => Array.isArray(given);

/** What is wrong with a pipeline, and where: `pipeline[2].where.kind`. */
export interface PipelineProblem {
  /** Which stage, from 0; absent where it is not one stage. */
  readonly stage?: number;
  readonly where: string;
  /** The same, key by key. */
  readonly path: readonly (string | number)[];
  readonly what: string;
}

export function readPipeline(given: unknown): Result<Pipeline, readonly PipelineProblem[]> {
  const read = v.safeParse(pipelineStages, given);
  if (read.success) return ok(read.output);
  return failed(read.issues.slice(0, 16).map((issue) => problemFrom(issue)));
}

function problemFrom(issue: v.BaseIssue<unknown>): PipelineProblem {
  const path = (issue.path ?? []).map(({ key }) => (typeof key === "number" ? key : String(key)));
  const where = path.reduce<string>(
    (text, key) => text + (typeof key === "number" ? `[${key}]` : `.${key}`),
    "pipeline",
  );
  const [first] = path;
  return { where, path, what: wordsOf(issue), ...(typeof first === "number" ? { stage: first } : {}) };
}

/** Valibot's sentences speak of types; these of what may be written. */
function wordsOf(issue: v.BaseIssue<unknown>): string {
  if (issue.type === "strict_object" && issue.expected === "never") return "is not known here";
  if (issue.expected === null) return issue.message;
  const expected = issue.expected.replace(/^\((.*)\)$/, "$1").replaceAll(" | ", ", ");
  if (issue.received === "undefined") return `is missing: expected ${expected}`;
  return `expected ${expected}, found ${issue.received}`;
}

/** A stage in a few words: `drop log pino, http.route = /health`. It names the stage in recordings. */
export function stageWords(given: PipelineStage): string {
  const parts = [given.stage + amountWords(given)];
  const { where: condition } = given;
  if (condition !== undefined) parts.push(...conditionWords(condition));
  return parts.join(" ");
}

function amountWords(given: PipelineStage): string {
  switch (given.stage) {
    case "drop":
    case "keep":
      return "";
    case "sample":
      return ` ${given.ratio}`;
    case "rate-limit":
      return ` ${given.perSecond}/s`;
    case "redact":
      return ` ${given.keys.join("|")}`;
    case "truncate":
      return ` ${given.characters}`;
    case "drop-short":
      return ` ${given.milliseconds} ms`;
    case "custom":
      return ` ${given.module.split(/[/\\]/).at(-1) ?? ""}`;
  }
}

function conditionWords({ kind, name, attributes, below }: Where): string[] {
  const words: string[] = [];
  if (kind !== undefined) words.push(listOf(kind).join("|"));
  if (name !== undefined) words.push(listOf(name).join("|"));
  if (below !== undefined) words.push(`below ${below}`);
  for (const [key, value] of Object.entries(attributes ?? {})) words.push(`${key}=${listOf(value).join("|")}`);
  return words;
}
