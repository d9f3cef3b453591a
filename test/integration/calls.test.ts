// Calls of functions of every kind: what is recorded of them is what the program itself wrote down, on whatever Node it runs, and
// it prints the same as without.
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { afterAll, describe, expect, it } from "vitest";
import { seeds } from "../../src/engine/replay/seeds.test-support.js";
import { nodeBinary, nodeVersionsAtEnds } from "../../tools/node-binaries.js";
import { Place } from "./hindcast-process.js";

const place = new Place();
afterAll(() => place.remove());

const span = v.object({
  name: v.string(),
  status: v.string(),
  spanId: v.string(),
  parentSpanId: v.string(),
  start: v.string(),
  end: v.optional(v.string()),
  attributes: v.record(v.string(), v.unknown()),
});
const account = v.union([
  v.object({ id: v.number(), from: v.number(), name: v.string() }),
  v.object({ id: v.number(), returned: v.unknown() }),
  v.object({ id: v.number(), thrown: v.string() }),
]);
const given = v.object({ id: v.number(), from: v.number() });

const linesOf = <T>(schema: v.GenericSchema<unknown, T>, text: string): T[] =>
  text
    .trim()
    .split("\n")
    .map((line) => v.parse(schema, JSON.parse(line)));

interface Known {
  name: string;
  from: number;
  end: string;
}

/** By id; what has no end yet says so. */
function accountOf(text: string): Map<number, Known> {
  const known = new Map<number, Known>();
  for (const line of linesOf(account, text)) {
    if ("name" in line) known.set(line.id, { name: line.name, from: line.from, end: "open" });
    else {
      const one = known.get(line.id);
      if (one === undefined) throw new Error("an end without a beginning");
      one.end = "thrown" in line ? `thrown ${line.thrown}` : `returned ${String(line.returned)}`;
    }
  }
  return known;
}

const program = "calls.mjs";
copyFileSync(join(import.meta.dirname, "../programs", program), place.path(program));

describe.each(nodeVersionsAtEnds)("calls on Node %s", (version) => {
  it.for(seeds(1, 2, 3))("are those that the program wrote down itself (seed %d)", async (number, { skip }) => {
    const seed = String(number);
    const binary = await nodeBinary(version);
    if ("missing" in binary) return skip(binary.missing);
    const [file, written] = [`${version}-${seed}.hindcast`, place.path(`${version}-${seed}.jsonl`)];
    const command = ["--level", "calls", "-o", file, "--", binary.path, program, seed];
    const ended = await place.start(["record", ...command], { CALLS_ACCOUNT: written }).ended;
    const alone = execFileSync(binary.path, [place.path(program), seed], {
      encoding: "utf8",
      env: { ...process.env, CALLS_ACCOUNT: place.path("alone.jsonl") },
    });
    expect(ended).toMatchObject({ code: 0, err: "" });
    expect(ended.out).toMatch(/^\d+\n$/);
    expect(alone).toMatch(/^\d+\n$/);

    const spans = linesOf(span, (await place.start(["spans", file, "--json"]).ended).out);
    const idOf = new Map<string, number>();
    const calls = spans.flatMap((one) => {
      const known = v.safeParse(given, one.attributes["hindcast.call.arguments"]);
      if (!known.success) return [];
      idOf.set(one.spanId, known.output.id);
      return [{ ...one, ...known.output }];
    });
    const parents = new Map(spans.map((one) => [one.spanId, one.parentSpanId]));
    /** The call above it that has an id: in between are those of the program's helpers. */
    const above = (spanId: string): number => {
      for (let at = parents.get(spanId) ?? ""; at !== ""; at = parents.get(at) ?? "") {
        const id = idOf.get(at);
        if (id !== undefined) return id;
      }
      return 0;
    };
    const expected = accountOf(readFileSync(written, "utf8"));
    expect(expected.size).toBeGreaterThan(150);
    const found = new Map<number, Known>();
    for (const one of calls) {
      if (one.name === "noted" || one.name === "entered") continue;
      const { "exception.message": thrown, "hindcast.call.result": result } = one.attributes;
      // Nobody asked a generator for more: its account has no end.
      const isLeft = one.attributes["hindcast.call.left"] === "waiting";
      const end =
        one.end === undefined || isLeft
          ? "open"
          : one.status === "error"
            ? `thrown ${String(thrown)}`
            : `returned ${String(result)}`;
      // What `for await` asks for runs in the call around the one that loops, or in none.
      const from = one.name === "yields" ? 0 : above(one.spanId);
      found.set(one.id, { name: one.name, from, end });
    }
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
  });
});
