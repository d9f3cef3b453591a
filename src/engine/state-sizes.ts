// Sizes of the collections in captured state at instants one after the other: what grows is seen in them.
import { type Asker, tellPart } from "../shared/base/asker.js";
import { type Result, ok } from "../shared/base/result.js";
import { shapePoints } from "../shared/protocol/correlation-calls.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import type { HindcastError } from "../shared/protocol/errors.js";
import { instant, processId } from "../shared/trace/time.js";
import { growthOf } from "./correlation/growing.js";
import { sizesIn } from "./replay/sizes.js";
import type { StateSubjects } from "./state-subject.js";

/** Of each scope at each instant. */
const mostLooked = 5000;

export interface SizeSeries {
  readonly process: number;
  readonly service: string;
  readonly scope: string;
  readonly kind: string;
  /** Of the largest one at the last instant at which there was one. */
  readonly path: string;
  readonly lastKnown: number;
  /** By instant; NaN where the process did not run or there was no such collection. */
  readonly sizes: Float64Array;
}

export async function sizesAt(
  subjects: StateSubjects,
  recordingId: string,
  instants: readonly bigint[],
  asker: Asker,
): Promise<Result<readonly SizeSeries[], HindcastError>> {
  const found = subjects.in(recordingId);
  if (!found.ok) return found;
  const { access, state } = found.value;
  const { processes, scopes } = access.facts();
  const series = new Map<string, { -readonly [Key in keyof SizeSeries]: SizeSeries[Key] }>();
  const having = processes.filter(({ process }) => scopes.some((one) => one.process === process));
  for (const [done, { process, serviceName, start, lastSeen: end }] of having.entries()) {
    const own = scopes.filter((one) => one.process === process).map(({ scope }) => scope);
    for (const [at, when] of instants.entries()) {
      if (when < start || when > end) continue;
      tellPart(asker, { done: done * instants.length + at, total: having.length * instants.length, unit: "share" });
      const sizes = await state.graphs.at(
        processId(process),
        { instant: instant(when) },
        ({ graph }) => own.map((scope) => ({ scope, found: sizesIn(graph, scope, mostLooked) })),
        asker,
      );
      for (const { scope, found: collections } of sizes)
        for (const { kind, path, size } of collections) {
          const name = JSON.stringify([process, scope, kind]);
          const one = series.get(name) ?? {
            ...{ process, service: serviceName, scope, kind, path, lastKnown: at },
            sizes: new Float64Array(instants.length).fill(Number.NaN),
          };
          one.sizes[at] = size;
          [one.path, one.lastKnown] = [path, at];
          series.set(name, one);
        }
    }
  }
  return ok([...series.values()]);
}

/** What grows in a range and does not stop, the most first. */
export async function growthIn(
  subjects: StateSubjects,
  { recordingId, from, to, limit }: CallArgs<"state.growth">,
  asker: Asker,
): Promise<Result<CallResult<"state.growth">, HindcastError>> {
  const instants = Array.from(
    { length: shapePoints },
    (_, at) => from + ((to - from) * BigInt(at)) / BigInt(shapePoints - 1),
  );
  const series = await sizesAt(subjects, recordingId, instants, asker);
  if (!series.ok) return series;
  const grown = series.value
    .flatMap((one) => {
      const growth = growthOf(one.sizes);
      return growth === undefined || growth.score < leastGrowth ? [] : [{ ...one, ...growth }];
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
  const collections = grown.map(({ process, scope, path, kind, first, last, steady, lastKnown }) => {
    const at = instants[lastKnown] ?? to;
    return { process, scope, path, kind, first, last, steady, at };
  });
  return ok({
    tried: series.value.length,
    collections,
    shapes: Float64Array.from(grown.flatMap(({ sizes }) => [...sizes])),
  });
}

/** Fewer entries more are nothing that leaks. */
const leastGrowth = 2;
