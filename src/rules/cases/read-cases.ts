// Files of cases, line by line. A line that cannot be read is a problem, and its case is left out; the others are as they are.
import type { CaseFile, CaseProblem, Expectation, GroupPart, RuleCase, Span } from "./model.js";
import { type SeriesRecords, readSeries } from "./case-series.js";
import { CannotRead, LineReader } from "./line-reader.js";

export interface CaseLimits {
  /** Characters of a file. */
  readonly characters: number;
  /** Of one case. */
  readonly records: number;
}

export const presetCaseLimits: CaseLimits = { characters: 1_048_576, records: 1_000_000 };

const defaultStepNs = 1e9;
/** Of a case, which is evaluated each second. */
const longestNs = 30 * 86_400e9;

export function readCases(text: string, limits = presetCaseLimits): CaseFile {
  if (text.length > limits.characters)
    return {
      rules: [],
      cases: [],
      problems: [{ line: 1, column: 1, message: `a file of cases has at most ${limits.characters} characters` }],
    };
  const rules: string[] = [];
  const problems: CaseProblem[] = [];
  const open: OpenCase[] = [];
  for (const [index, content] of text.split(/\r?\n/).entries()) {
    const number = index + 1;
    if (/^\s*(?:#|$)/.test(content)) continue;
    const line = new LineReader(content);
    try {
      if (line.takeWord("rules")) {
        if (open.length > 0) line.fail("files of rules are named before the first case", 0);
        while (!line.isAtEnd) rules.push(line.isText() ? line.text("a file") : (line.take(/\S+/y)?.[0] ?? ""));
      } else if (line.takeWord("case")) {
        open.push(new OpenCase(line.text("the name of the case"), number, limits.records));
        line.end();
      } else {
        const last = open.at(-1) ?? line.fail('a case begins with case "name"', 0);
        last.read(line, number);
      }
    } catch (error) {
      if (!(error instanceof CannotRead)) throw error;
      problems.push({ line: number, column: error.at + 1, message: error.message });
      open.at(-1)?.spoil();
    }
  }
  const cases: RuleCase[] = [];
  for (const one of open) {
    const made = one.made();
    if (typeof made === "string") problems.push({ line: one.line, column: 1, message: made });
    else if (made !== undefined) cases.push(made);
  }
  return { rules, cases, problems: problems.sort((a, b) => a.line - b.line) };
}

class OpenCase {
  readonly line: number;
  readonly #name: string;
  readonly #most: number;
  #stepNs = defaultStepNs;
  #untilNs = 0;
  #recording: { readonly path: string; readonly line: number } | undefined;
  readonly #series: SeriesRecords[] = [];
  readonly #processes = new Map<string, number>();
  readonly #expectations: Expectation[] = [];
  #isSpoilt = false;

  constructor(name: string, line: number, most: number) {
    this.#name = name;
    this.line = line;
    this.#most = most;
  }

  /** One of its lines cannot be read. */
  spoil(): void {
    this.#isSpoilt = true;
  }

  read(line: LineReader, number: number): void {
    if (line.takeWord("every")) this.#stepNs = line.durationNs("how often");
    else if (line.takeWord("until")) this.#untilNs = this.#instant(line);
    else if (line.takeWord("recording")) {
      const path = line.isText() ? line.text("a file") : line.take(/\S+/y)?.[0];
      this.#recording = { path: path ?? line.fail("the recording is missing"), line: number };
    } else {
      const expected = this.#expectation(line, number);
      if (expected === undefined) this.#readSeries(line);
      else this.#expectations.push(expected);
    }
    line.end();
  }

  /** Undefined: something in it was a problem already. */
  made(): RuleCase | string | undefined {
    if (this.#isSpoilt) return undefined;
    if (this.#expectations.length === 0) return "this case expects nothing: fires, recovers, firing, quiet or never";
    const about = { name: this.#name, line: this.line, expectations: this.#expectations };
    if (this.#recording !== undefined) {
      if (this.#series.length > 0) return "a case has a recording or series, not both";
      return { ...about, input: { kind: "recording", ...this.#recording } };
    }
    if (this.#series.length === 0) return "this case has no records: a series, or a recording";
    const records = this.#series
      .flatMap(({ records: of }) => of)
      .map((record, index) => ({ ...record, seq: index + 1 }))
      .sort((a, b) => a.timeNs - b.timeNs || a.process - b.process || a.seq - b.seq);
    const endNs = this.#series.reduce((latest, { endNs: end }) => Math.max(latest, end), this.#untilNs);
    const lastNs = this.#expectations.reduce((latest, one) => Math.max(latest, latestOf(one)), endNs);
    return { ...about, input: { kind: "series", records, endNs: lastNs } };
  }

  #readSeries(line: LineReader): void {
    const before = this.#series.reduce((sum, { records }) => sum + records.length, 0);
    const around = {
      stepNs: this.#stepNs,
      most: this.#most - before,
      processOf: (service: string): number => {
        const process = this.#processes.get(service) ?? this.#processes.size + 1;
        this.#processes.set(service, process);
        return process;
      },
    };
    const start = line.at;
    const series = readSeries(line, around);
    if (series.endNs > longestNs) line.fail("a case is at most 30 days long", start);
    this.#series.push(series);
  }

  #expectation(line: LineReader, number: number): Expectation | undefined {
    if (line.takeWord("never")) return { kind: "never", line: number, rule: this.#rule(line), group: group(line) };
    for (const [word, kind] of [
      ["fires", "fired"],
      ["recovers", "recovered"],
    ] as const)
      if (line.takeWord(word)) {
        const rule = this.#rule(line);
        const at = this.#span(line);
        const early = line.takeWord("says") ? line.text("what it says") : undefined;
        const of = group(line);
        const says = early ?? (line.takeWord("says") ? line.text("what it says") : undefined);
        return { kind, line: number, rule, at, group: of, says };
      }
    for (const kind of ["firing", "quiet"] as const)
      if (line.takeWord(kind)) {
        const rule = this.#rule(line);
        if (!line.takeWord("at")) line.fail("at is missing, such as at 30s");
        return { kind, line: number, rule, atNs: this.#instant(line), group: group(line) };
      }
    return undefined;
  }

  readonly #rule = (line: LineReader): string => line.text("the name of a rule");

  #instant(line: LineReader): number {
    const start = line.at;
    const ns = line.durationNs("a time");
    if (ns > longestNs) line.fail("a case is at most 30 days long", start);
    return ns;
  }

  /** An instant, or from one to another. */
  #span(line: LineReader): Span {
    if (!line.takeWord("at")) return line.fail("at is missing, such as at 30s or at 20s to 30s");
    const fromNs = this.#instant(line);
    const toNs = line.takeWord("to") ? this.#instant(line) : fromNs;
    return { fromNs, toNs };
  }
}

function group(line: LineReader): GroupPart {
  if (!line.takeWord("of")) return {};
  const start = line.at;
  const labels = line.labels();
  if (labels.size === 0) line.fail('a group is missing, such as {service="web"}', start);
  return Object.fromEntries([...labels].map(([name, value]) => [name, String(value)]));
}

function latestOf(expected: Expectation): number {
  switch (expected.kind) {
    case "fired":
    case "recovered":
      return expected.at.toNs;
    case "firing":
    case "quiet":
      return expected.atNs;
    case "never":
      return 0;
  }
}
