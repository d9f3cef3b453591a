// Programs that would notice: values that run code when looked at, built-ins that throw when called. Each runs with and
// without a recording and must do and print the same; what the recording says of the values is checked by name.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { recordedText } from "../../src/agent/state/recorded-state.test-support.js";
import { ObjectGraph } from "../../src/engine/replay/object-graph.js";
import type { ObjectContents } from "../../src/shared/trace/value.js";
import type { ProgramSeen } from "./agent-listener.js";
import { runBoth } from "./run-both.js";

const folder = join(import.meta.dirname, "../programs/hostile");

function graphOf(program: ProgramSeen): ObjectGraph {
  const graph = ObjectGraph.empty();
  for (const record of program.records) if (record.kind === "write") graph.apply(record.operation);
  return graph;
}

const faultsOf = (program: ProgramSeen): unknown[] =>
  program.events.filter(({ name }) => name === "hindcast.agent.fault").map(({ attributes }) => attributes);

describe("values that run code or never end when they are looked at", () => {
  it("are recorded without running any of it, and the program prints what it prints alone", async () => {
    const { plain, recorded, program } = await runBoth([join(folder, "values.mjs")]);
    expect(withoutNode(recorded)).toEqual(withoutNode(plain));
    expect([recorded.code, faultsOf(program), program.bye?.dropped]).toEqual([0, [], 0]);

    const graph = graphOf(program);
    const texts = Object.fromEntries(
      [...graph.scopes().keys()]
        .filter((scope) => scope !== "deep")
        .map((scope) => [scope, recordedText(graph, scope).slice(0, 200)]),
    );
    expect(texts).toMatchObject({
      "throwing getter": 'Object{"before":1,"x":<getter get x()>}',
      "looping getter": 'Object{"before":1,"x":<getter get x()>}',
      setter: 'Object{"x":<getter get x()>}',
      "getter in array": "Array[1,<getter get 1()>]",
      "trapping proxy": "<proxy Proxy>",
      "revoked proxy": "<proxy Proxy>",
      "revoked array": "<proxy Proxy>",
      "proxied array": "<proxy Proxy>",
      "proxied Map": "<proxy Proxy>",
      "proxied error": "<proxy Proxy>",
      "proxy as prototype": '{"own":1}',
      "proxy as prototype of array": "[1,2]",
      "proxy as prototype of Map": "(1=>2)",
      // Two Proxies that are members of one Set cannot be told apart without asking them.
      "proxies in collections":
        'Object{"map":Map(<proxy Proxy>=><proxy Proxy>),"set":Set(<proxy Proxy>),"list":Array[<proxy Proxy>,<proxy Proxy>]}',
      "proxy as constructor": "Object{}",
      // Symbols are no paths: what stands under them is left out, whatever they are called.
      symbols: 'Object{"s":symbol(v)}',
      "Symbol.toStringTag": expect.stringContaining('"a":1'),
      "date with methods": "Date (own properties not captured)(0)",
      "invalid date": "Date(NaN)",
      "private fields": "Guarded{}",
      "null prototype": expect.stringContaining('{"a":1'),
      frozen: 'Object{"a":Array[1],"m":Object{},"n":Object{"b":2}}',
      "longest array": "<too-large Array>",
      "sparse array": "<too-large Array>",
      "long array": "<too-large Array>",
      "large Map": "<too-large Map>",
      "long string": expect.stringMatching(/^Object\{"text":cut\(x+/),
      "shrunk buffer": expect.stringContaining('"fixed":Uint8Array'),
    });
    // All 100,000 of them, where the machine is quick enough for the time that the program's end may take; else nothing is known
    // of the next one, and the recording says that something is left out.
    const { shells, inside } = shellsOf(graph, "deep");
    if (shells === 100_000) expect(inside).toMatchObject({ kind: "object", entries: [["leaf", { value: true }]] });
    else expect([inside, leftOutIn(program)]).toEqual([undefined, expect.any(Number)]);
    expect(shells).toBeGreaterThanOrEqual(10_000);
    expect(recordedText(graph, "long string")).toMatch(/…10000000\)\}$/);
    expect(recordedText(graph, "large buffer")).toMatch(/\/100000000\)$/);
    expect(texts["cyclic"]).toMatch(
      /^Object\{"name":"a","list":Array\[#0,#1\],"map":Map\(#0=>#2\),"set":Set\(#3\),"self":#0\}$/,
    );
  });
});

const leftOutIn = ({ metrics }: ProgramSeen): number | undefined =>
  metrics.findLast(({ name }) => name === "hindcast.state.left_out")?.value;

/** Whether a timer of Node's is at the end of a stack depends on what came first, with us and without. */
const withoutNode = <Output extends { readonly out: string }>(ended: Output): Output => ({
  ...ended,
  out: ended.out.replaceAll(/\n\s+at [^\n]*\(node:internal\/[^\n]*\)(,?)/g, "$1"),
});

/** Objects and arrays with nothing but another one in them, one in the other, and what is in the innermost place of them. */
function shellsOf(graph: ObjectGraph, scope: string): { shells: number; inside: ObjectContents | undefined } {
  let value = graph.scopes().get(scope);
  for (let shells = 0; ; shells++) {
    const contents = value?.kind === "object" ? graph.contentsOf(value.id) : undefined;
    const [only, ...others] =
      contents?.kind === "array"
        ? contents.elements
        : contents?.kind === "object"
          ? contents.entries.map(([, one]) => one)
          : [];
    if (only?.kind !== "object" || others.length > 0) return { shells, inside: contents };
    value = only;
  }
}

describe("built-ins that throw and count when they are called", () => {
  for (const [when, options] of [
    ["replaced after the agent was loaded", []],
    ["replaced before the agent was loaded", [`--require "${join(folder, "sabotage.cjs").replaceAll("\\", "\\\\")}"`]],
  ] as const)
    it.each(["replace", "pollute"])(`are never called, ${when} (%s)`, async (how) => {
      const { plain, recorded, program } = await runBoth([join(folder, "sabotaged.cjs"), how], options);
      expect(plain.out).toContain('{"calls":0,"seen":{}}');
      expect(recorded).toEqual(plain);
      expect(faultsOf(program)).toEqual([]);
      expect(program.bye).toMatchObject({ dropped: 0, exitCode: 0 });
      expect(program.events.map(({ name }) => name)).toEqual(["before", "during"]);
      expect(program.spans.map(({ name, status }) => [name, status])).toEqual([
        ["during", "unset"],
        ["failing", "error"],
      ]);
      const graph = graphOf(program);
      expect(recordedText(graph, "state")).toBe(
        'Object{"list":Array[1,2],"map":Map("a"=>1),"deep":Object{"text":"changed"},"set":Set(1),"count":1,"inSpan":true,"caught":true}',
      );
      expect(recordedText(graph, "more")).toMatch(
        /^Object\{"a":Array\[1,2\],"error":Error\{"message":"kept"\},"nothing":\{\},"b":"c"\}$/,
      );
    });
});

describe("values that pino is given", () => {
  it("are looked at by pino alone, once, and are recorded as it wrote them", async () => {
    const { plain, recorded, program } = await runBoth([join(folder, "logged.mjs")]);
    expect(plain.out).toMatch(/"getter": [1-9]/);
    expect(recorded).toEqual(plain);
    expect(faultsOf(program)).toEqual([]);
    const logs = program.logs.filter(({ source }) => source === "pino");
    expect(logs.length).toBeGreaterThan(10);
    expect(logs.map(({ attributes }) => attributes)).toContainEqual({ value: { as: "json" } });
  });
});

describe("how Node itself is started", () => {
  it.each(["--disable-proto=delete", "--disable-proto=throw", "--frozen-intrinsics"])(
    "with %s a program is recorded and does what it does alone",
    async (option) => {
      const { plain, recorded, program } = await runBoth([join(folder, "sabotaged.cjs"), "nothing"], [option]);
      expect({ ...recorded, err: "" }).toEqual({ ...plain, err: "" });
      expect(warningsIn(recorded.err)).toEqual(warningsIn(plain.err));
      expect(program.hello).toBeDefined();
    },
  );
});

/** Process ids are in front of each. */
const warningsIn = (text: string): string[] => text.replaceAll(/\(node:\d+\)/g, "(node)").split("\n");
