// Values of a series, one for each step, in the notation of promtool's unit tests: `5`, `1+2x4` (1 3 5 7 9), `3x4` (five times 3),
// `_` (none), `_x4` (four times none), `stale`. Numbers have units as rules write them; texts and truth are for state.
import { type Unit, unitOf } from "../quantity.js";
import type { LineReader } from "./line-reader.js";

export interface Sample {
  /** Undefined: none, at this step. */
  readonly value: number | string | boolean | undefined;
  /** From here on there is none. */
  readonly isStale: boolean;
}

const numberText = String.raw`(\d+(?:\.\d+)?(?:e[+-]?\d+)?)(ns|us|ms|s|m|h|d|TB|GB|MB|KB|B|%)?`;
const run = new RegExp(String.raw`(-)?${numberText}(?:([+-])${numberText})?(?:x(\d{1,9}))?(?=\s|$)`, "y");
const nothing = /_(?:x(\d{1,9}))?(?=\s|$)/y;
const word = /(stale|true|false)(?:x(\d{1,9}))?(?=\s|$)/y;
const times = /x(\d{1,9})(?=\s|$)/y;

export interface ValueReading {
  /** What a bare number is counted in, and what the evaluator counts this series in; undefined: it is taken as it stands. */
  readonly unit: Unit | undefined;
  /** What is counted has whole numbers from 0 without a unit. */
  readonly isCount: boolean;
  readonly takesTexts: boolean;
  /** At most so many. */
  readonly most: number;
}

/** The rest of the line. */
export function readSampleValues(line: LineReader, reading: ValueReading): readonly Sample[] {
  const samples: Sample[] = [];
  const add = (count: number, sampleAt: (index: number) => Sample): void => {
    if (samples.length + count > reading.most) line.fail(`a case has at most ${reading.most} records`);
    for (let index = 0; index < count; index++) samples.push(sampleAt(index));
  };
  while (!line.isAtEnd) {
    const start = line.at;
    const none = line.take(nothing);
    if (none !== undefined) {
      add(Number(none[1] ?? 1), () => ({ value: undefined, isStale: false }));
      continue;
    }
    const other = line.take(word);
    if (other !== undefined) {
      const isStale = other[1] === "stale";
      if (!isStale && !reading.takesTexts) line.fail("only state is true or false", start);
      add(1 + Number(other[2] ?? 0), () => ({ value: isStale ? undefined : other[1] === "true", isStale }));
      continue;
    }
    if (line.isText()) {
      if (!reading.takesTexts) line.fail("only state has texts", start);
      const value = line.text("a text");
      add(1 + Number(line.take(times)?.[1] ?? 0), () => ({ value, isStale: false }));
      continue;
    }
    const found = line.take(run);
    if (found === undefined) line.fail("a value is missing: 5, 1+2x10, 3x10, _, _x10 or stale");
    const [, minus, first = "", firstUnit, sign, step, stepUnit, repeated] = found;
    if (step !== undefined && repeated === undefined) line.fail("how often it is added is missing, such as x10", start);
    const from = amount(line, start, first, firstUnit, reading) * (minus === undefined ? 1 : -1);
    const by = step === undefined ? 0 : amount(line, start, step, stepUnit ?? firstUnit, reading);
    const count = 1 + Number(repeated ?? 0);
    add(count, (index) => ({ value: from + index * (sign === "-" ? -by : by), isStale: false }));
  }
  if (samples.length === 0) line.fail("values are missing: 5, 1+2x10, 3x10, _, _x10 or stale");
  if (reading.isCount && samples.some(({ value }) => typeof value === "number" && !(value >= 0 && value % 1 === 0)))
    line.fail("how many there are at each step is a whole number");
  return samples;
}

function amount(line: LineReader, at: number, text: string, unit: string | undefined, reading: ValueReading): number {
  const value = Number(text);
  if (unit === undefined) return value * (reading.unit?.factor ?? 1);
  const known = unitOf(unit);
  if (reading.isCount || (reading.unit !== undefined && reading.unit.kind !== known?.kind))
    line.fail(`${text}${unit} is not what this is counted in`, at);
  return value * (known?.factor ?? 1);
}
