// What the demo wrote about itself (examples/ledger/oracle.mjs): one line per change, with the clock before and after
// it and the ledger as it was then. Instants between the two clocks belong to neither line and are never asked for.
import { readFile } from "node:fs/promises";
import * as v from "valibot";

const nanoseconds = v.pipe(
  v.string(),
  v.transform((text) => BigInt(text)),
);
const account = v.object({ balance: v.number(), version: v.number() });

const oracleLine = v.object({
  changes: v.number(),
  begun: nanoseconds,
  clock: nanoseconds,
  state: v.object({
    accounts: v.object({ $type: v.literal("Map"), entries: v.array(v.tuple([v.string(), account])) }),
    journal: v.array(v.unknown()),
    totals: v.object({ debits: v.number(), credits: v.number() }),
  }),
});
export type OracleLine = v.InferOutput<typeof oracleLine>;

export async function readOracle(file: string): Promise<readonly OracleLine[]> {
  const text = await readFile(file, "utf8");
  // The program may be in the middle of its last line.
  const whole = text.slice(0, text.lastIndexOf("\n"));
  return whole.split("\n").map((line) => v.parse(oracleLine, JSON.parse(line)));
}

export interface KnownInstant {
  readonly instant: bigint;
  readonly line: OracleLine;
}

/** Instants spread over all lines, each halfway between the end of one change and the beginning of the next. */
export function knownInstants(lines: readonly OracleLine[], count: number): readonly KnownInstant[] {
  const quiet = lines.flatMap((line, index): readonly KnownInstant[] => {
    const next = lines[index + 1];
    return next === undefined || next.begun <= line.clock ? [] : [{ instant: (line.clock + next.begun) / 2n, line }];
  });
  const step = quiet.length / count;
  return Array.from({ length: count }, (_, i) => quiet[Math.floor((i + 0.5) * step)]).filter(
    (one) => one !== undefined,
  );
}
