import { describe, expect, it } from "vitest";
import { compileRules } from "../compile.js";
import { decidedOver, differencesIn } from "./check-case.js";
import { readCases } from "./read-cases.js";

/** Everything that is said of a file: `line:column: problem`, then `line: difference`. */
function told(rules: string, cases: string): readonly string[] {
  const { plans, problems: wrong } = compileRules(rules, { fileName: "rule" });
  if (wrong.some(({ severity }) => severity === "error")) throw new Error(JSON.stringify(wrong));
  const read = readCases(cases);
  const names = plans.map(({ name }) => name);
  return [
    ...read.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`),
    ...read.cases.flatMap((one) =>
      differencesIn(one, names, decidedOver(plans, one)).map(({ line, message }) => `${line}: ${message}`),
    ),
  ];
}

/** `time value` of each record that a line makes. */
function recordsOf(line: string): string {
  const { cases, problems } = readCases(`case "x"\nnever "x"\n${line}`);
  const [input] = cases.map((one) => one.input);
  if (input?.kind !== "series")
    return problems.map(({ line: at, column, message }) => `${at}:${column} ${message}`).join();
  return input.records
    .map((record) => {
      const value = record.kind === "span" ? record.durationNs / 1e6 : "value" in record ? record.value : record.kind;
      return `${record.timeNs / 1e9}s ${String(value)}`;
    })
    .join(", ");
}

describe("values of a case", () => {
  it.each([
    ["x.y 1 2.5 -3 1e3", "0s 1, 1s 2.5, 2s -3, 3s 1000"],
    ["x.y 1+2x4", "0s 1, 1s 3, 2s 5, 3s 7, 4s 9"],
    ["x.y -2+4x3 5-2x1", "0s -2, 1s 2, 2s 6, 3s 10, 4s 5, 5s 3"],
    ["x.y 7x2 _ _x2 8", "0s 7, 1s 7, 2s 7, 6s 8"],
    ["x.y every 250ms 1 stale", "0s 1, 0.25s NaN"],
    ["heap.used 1KB+512Bx2", "0s 1024, 1s 1536, 2s 2048"],
    ["gc.pause 10 1s", "0s 0.01, 1s 1"],
    ["cpu.used 50% 0.25", "0s 0.5, 1s 0.25"],
    ['wait{unit="ms"} 10 1s', "0s 10, 1s 1000"],
    ['"a metric" 1', "0s 1"],
    ["span 20 1.5s", "0s 20, 1s 1500"],
    ["log 2 0 _ 1", "0s log, 0s log, 3s log"],
    ['state{scope="a", path="b.c"} 1 "no x" true stale', "0s 1, 1s no x, 2s true, 3s undefined"],
  ])("%s", (line, expected) => {
    expect(recordsOf(line)).toBe(expected);
  });

  it.each([
    ["x.y", "3:4 values are missing: 5, 1+2x10, 3x10, _, _x10 or stale"],
    ["x.y 1+2", "3:5 how often it is added is missing, such as x10"],
    ["x.y {{schema:1}}", "3:6 the name of a field is missing"],
    ["x.y 5 five", "3:7 a value is missing: 5, 1+2x10, 3x10, _, _x10 or stale"],
    ["x.y 5MB", "3:5 5MB is not what this is counted in"],
    ["heap.used 5ms", "3:11 5ms is not what this is counted in"],
    ["log 1.5", "3:8 how many there are at each step is a whole number"],
    ['x.y "a"', "3:5 only state has texts"],
    ["x.y 1x999999999", "3:16 a case has at most 1000000 records"],
    ["log 999999 2", "3:13 a case has at most 1000000 records"],
    ['log{level="loud"} 1', "3:1 a level is trace, debug, info, warn, error, fatal"],
    ["state{} 1", "3:1 state has a scope or a class"],
    ['x.y{a="b" 1', "3:11 } is missing"],
    ['x.y{a="b", a="c"} 1', "3:12 a is there twice"],
    [
      "http.error_rate 5",
      '3:1 http.error_rate is made of requests: write span{kind="server", http.request.method="GET", …}',
    ],
    ["gc.num 5", "3:1 gc.num is made of v8js.gc.count: write that"],
    ["heap.idle 5", "3:1 heap.idle has no counterpart in Node.js: it has no value"],
    ["? 5", "3:1 a line of a case begins with a series, rule or word that is known"],
    ["x.y every 10us 5", "3:1 values are at least 1ms apart"],
    ["x.y every 7d 5x20", "3:1 a case is at most 30 days long"],
  ])("says what is wrong with %s", (line, expected) => {
    expect(recordsOf(line)).toBe(expected);
  });
});

const heap = `rule "heap" for 2s { when heap.used > 100MB then { alert("heap at \${heap.used}") } }
rule "errors" by service { when count(log where level == "error", 5s) > 2 then { alert("errors in \${service}") } }`;

describe("cases", () => {
  it("agree with what rules do", () => {
    const cases = `
      # a comment
      case "the heap grows, and is collected"
        every 1s
        heap.used{service="web"} 90MB+5MBx9 10MB
        fires "heap" at 5s says "heap at 115MB"
        recovers "heap" at 10s of {process=1}
        quiet "heap" at 4s
        firing "heap" at 9s
        quiet "heap" at 10s
        never "errors"
      case "errors of one service"
        log{service="a", level="error"} 3
        log{service="b", level="error"} 2
        log{service="b", level="info"} 9
        fires "errors" at 0s to 1s of {service="a"} says "in a"
        recovers "errors" at 5s to 6s of {service="a"}
        never "errors" of {service="b"}
        until 30s`;
    expect(told(heap, cases)).toEqual([]);
  });

  it.each([
    [`fires "heap" at 3s`, ['3: heap is to fire at 3s: it fires at 5s process=1 "heap at 120MB"']],
    [
      `fires "heap" at 5s says "no"`,
      ['3: heap is to fire at 5s saying "no": it fires at 5s process=1 "heap at 120MB"'],
    ],
    [
      `fires "heap" at 5s of {process=2}`,
      [
        '1: heap fires at 5s process=1 "heap at 120MB", which is not expected',
        "3: heap is to fire at 5s process=2: it does not",
      ],
    ],
    [`recovers "heap" at 9s`, ["3: heap is to recover at 9s: it does not"]],
    [`never "heap"`, ['3: heap fires at 5s process=1 "heap at 120MB", which is not expected']],
    [`quiet "heap" at 6s`, ["3: heap fires at 6s"]],
    [`firing "heap" at 4s`, ["3: heap does not fire at 4s"]],
    [`fires "heep" at 5s`, ["3: no rule is called heep; did you mean heap?"]],
  ])("say what differs: %s", (expectation, expected) => {
    expect(told(heap, `case "x"\n  heap.used 90MB 95MB 100MB 110MB 115MB 120MB\n  ${expectation}`)).toEqual(expected);
  });

  it("expect each time a rule fires where they expect one", () => {
    const twice = `case "x"\n errors.x 0\n log{level="error"} 3 0x19 3\n fires "errors" at 0s`;
    expect(told(heap, twice)).toEqual(['1: errors fires at 21s service=app "errors in app", which is not expected']);
  });

  it("say of a rule that gives up that it did", () => {
    const many = Array.from({ length: 1001 }, (_, at) => ` log{service="s${at}"} 1`).join("\n");
    expect(told(heap, `case "x"\n${many}\n log{level="error"} every 1ms 1x3000\n never "heap"`)).toEqual([]);
    const errors = many.replaceAll("}", ', level="error"}');
    expect(told(heap, `case "x"\n${errors}\n never "heap"`)).toEqual([
      "1: errors was disabled: it has more than 1000 groups",
    ]);
  });

  it.each([
    ["heap.used 5", '1:1: a case begins with case "name"'],
    ["case heap", "1:6: the name of the case is missing, in quotation marks"],
    ['case "x" y', "1:10: nothing more is expected here"],
    ['case "x"\nrules a.rules', "2:1: files of rules are named before the first case"],
    ['case "x"\nheap.used 5', "1:1: this case expects nothing: fires, recovers, firing, quiet or never"],
    ['case "x"\nnever "heap"', "1:1: this case has no records: a series, or a recording"],
    ['case "x"\nnever "heap"\nlog 1\nrecording a.hindcast', "1:1: a case has a recording or series, not both"],
    ['case "x"\nlog 1\nfires "heap" 5s', "3:14: at is missing, such as at 30s or at 20s to 30s"],
    ['case "x"\nlog 1\nfires "heap" at noon', "3:17: a time is missing, such as 30s"],
    ['case "x"\nlog 1\nnever "heap" of {}', '3:17: a group is missing, such as {service="web"}'],
    ['case "x"\nlog 1\nuntil 31d\nnever "heap"', "3:7: a case is at most 30 days long"],
  ])("are wrong: %s", (cases, expected) => {
    expect(told(heap, cases)).toEqual([expected]);
  });

  it("leave out a case that is wrong, and run the others", () => {
    expect(told(heap, 'case "x"\nlog x\nnever "heap"\ncase "y"\nlog 1\nfires "heap" at 1s')).toEqual([
      "2:5: a value is missing: 5, 1+2x10, 3x10, _, _x10 or stale",
      "6: heap is to fire at 1s: it does not",
    ]);
  });

  it("name files of rules, and a recording", () => {
    const { rules, cases } = readCases('rules a.rules "b c.rules"\ncase "x"\nrecording ../x.hindcast\nnever "heap"');
    expect(rules).toEqual(["a.rules", "b c.rules"]);
    expect(cases.map(({ input }) => input)).toEqual([{ kind: "recording", path: "../x.hindcast", line: 3 }]);
  });
});
