import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { compileRules } from "../compile.js";
import type { RulePlan } from "../plan.js";
import { Evaluator } from "./evaluator.js";
import { naiveOutcomes } from "./naive-evaluator.test-support.js";
import type { RuleRecord } from "./record.js";
import { RuleLook } from "./rule-look.js";
import type { Outcome } from "./rule-run.js";
import { bucketOf, valueOf } from "./sketch.js";

const second = 1e9;
const metrics = [{ name: "load", unit: "" }];

function plansOf(source: string): readonly RulePlan[] {
  const { plans, problems } = compileRules(source, { metrics });
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return plans;
}

const base = (timeNs: number, process = 1) => ({
  timeNs,
  process,
  seq: timeNs,
  service: `service ${process}`,
  attribute: () => undefined,
});
const metric = (atS: number, value: number, name = "load", process = 1): RuleRecord => ({
  ...base(atS * second, process),
  kind: "metric",
  name,
  unit: name === "load" ? "" : "By",
  value,
});

/** Sums of panes and of values are rounded differently. */
const near = (value: number): number => Number(value.toPrecision(9));
const extreme = (values: Float64Array, of: (...values: number[]) => number): number =>
  of(...values.filter((value) => !Number.isNaN(value)));

function takeAll(evaluator: Evaluator, records: readonly RuleRecord[]): void {
  const inOrder = records.toSorted((a, b) => a.timeNs - b.timeNs || a.process - b.process || a.seq - b.seq);
  for (const record of inOrder) evaluator.take(record);
}

function textOf(outcome: Outcome): string {
  if (outcome.kind === "disabled") return `${outcome.timeNs / second} disabled: ${outcome.reason}`;
  const said = outcome.actions
    .map(({ name, args }) => `${name} ${args.map((arg) => JSON.stringify(arg)).join(", ")}`)
    .join("; ");
  return `${outcome.timeNs / second} ${outcome.kind}${said === "" ? "" : `: ${said}`}`;
}

function outcomesOf(
  source: string,
  records: readonly RuleRecord[],
  endS: number,
  limits?: { groups: number; held: number },
) {
  const evaluator = new Evaluator(plansOf(source), limits === undefined ? {} : { limits });
  takeAll(evaluator, records);
  return evaluator.finish(endS * second).map(textOf);
}

describe("Evaluator", () => {
  it("fires once and recovers once, at the records that change it", () => {
    const records = [1.5, 9, 8, 2, 9].map((value, index) => metric(index + 0.5, value));
    expect(outcomesOf('when load > 5 { alert("load is ${load} in ${service}") }', records, 6)).toEqual([
      '1.5 fired: alert "load is 9 in service 1"',
      "3.5 recovered",
      '4.5 fired: alert "load is 9 in service 1"',
    ]);
  });

  it("waits as long as `for` says, and forgets what did not last", () => {
    const records = [9, 9, 1, 9, 9, 9, 9, 9].map((value, index) => metric(index, value));
    expect(outcomesOf("when load > 5 for 3s { }", records, 8)).toEqual(["6 fired"]);
  });

  it("recovers by its own condition, for as long as that says, and cools down", () => {
    const values = [9, 4, 4, 1, 4, 1, 1, 1, 9, 9, 9, 9, 9, 9];
    const rule = 'rule "a" cooldown 4s { when load > 5 recover when load < 2 for 2s }';
    expect(
      outcomesOf(
        rule,
        values.map((value, index) => metric(index, value)),
        14,
      ),
    ).toEqual(["0 fired", "7 recovered", "11 fired"]);
  });

  it("has no value of what is not there, which neither holds nor does not", () => {
    const rules = "when other > 5 || !(other > 5) { }\nwhen load > 5 || other > 1 { }\nwhen load / (load - 9) > 0 { }";
    expect(outcomesOf(rules, [metric(0, 9)], 2)).toEqual(["0 fired"]);
  });

  it("forgets a sample after five minutes", () => {
    expect(outcomesOf("when load > 5 { }", [metric(0, 9), metric(400, 9, "other")], 400)).toEqual([
      "0 fired",
      "301 recovered",
    ]);
  });

  it("keeps processes apart, unless it is told what makes a group", () => {
    const records = [metric(0, 9, "load", 1), metric(1, 1, "load", 2), metric(2, 9, "load", 2)];
    const by = (clause: string) => outcomesOf(`when load > 5 ${clause} { log("\${service}") }`, records, 3);
    expect(by("")).toEqual(['0 fired: log "service 1"', '2 fired: log "service 2"']);
    expect(by("by all")).toEqual(['0 fired: log ""', "1 recovered", '2 fired: log ""']);
  });

  it("reads tumbling windows when they are over, and windows of samples by their number", () => {
    const records = [1, 2, 3, 40, 5, 6, 7, 8, 9].map((value, index) => metric(index + 0.5, value));
    const rules = "when max(load, 4s tumbling) > 10 { }\nwhen sum(load, 2 samples) == 43 { }";
    expect(outcomesOf(rules, records, 9)).toEqual(["4 fired", "4 fired", "5 recovered", "8 recovered"]);
  });

  it("misses what is absent from the first evaluation on", () => {
    expect(outcomesOf("when absent(log, 2s) { }", [metric(0, 1)], 5)).toEqual(["0 fired"]);
  });

  it("disables a rule over its limit, and no other", () => {
    const rules = "when load > 5 { }\nwhen max(load, 1h) > 5 by all { }";
    const records = [1, 2, 3].map((process) => metric(process, 9, "load", process));
    expect(outcomesOf(rules, records, 3, { groups: 2, held: 100 })).toEqual([
      "1 fired",
      "1 fired",
      "2 fired",
      "3 disabled: it has more than 2 groups",
    ]);
    const many = Array.from({ length: 20 }, (_, index) => metric(index, 1));
    const wide = "when max(load, 1h) > 5 { }\nwhen load < 5 { }";
    expect(outcomesOf(wide, many, 20, { groups: 9, held: 10 })).toEqual([
      "0 fired",
      "9 disabled: it holds more than 10 values",
    ]);
  });

  const rules = plansOf(`
    when load > 50 { }
    when load > 40 for 2s cooldown 5s { }
    rule "own recovery" { when load > 50 recover when load < 20 for 1s }
    when avg(load, 3s) > 50.3 { }
    when sum(load, 5s) > 250.5 && min(load, 2s) > 9 { }
    when stddev(load, 10s) > 28.1 by service { }
    when trend(load, 4s) > 200 || delta(load, 7s) < -60 { }
    when rate(load, 6s) > 60.1 { }
    when p50(load, 5s) > 50 by all { }
    when p99(span where duration > 100ms, 4s) > 900ms { }
    when count(log where level >= "warn", 5s) > 3 by service { }
    when rate(event, 2s) > 2/s || absent(event, 1s) { }
    when max(load, 4s tumbling) > 95 { }
    when avg(load, 7 samples) > 60.2 every 500ms { }
    when count(span, 300ms) > 2 { }
    when state("accounts").*.balance < 0 { }
    when state(Cart).status == "broken" { }
    when http.error_rate > 60% && http.request_count > 2 { }
    when http.request_rate > 0.05/s && http.max_response_time > 500ms { }
    when gc.num > 300 { }
    when avg(load, 5s) - load > 30 || !(load < 90) { }
  `);

  function randomRecords(seed: number): RuleRecord[] {
    const random = randomFrom(seed);
    const below = (end: number): number => Math.floor(random() * end);
    let timeNs = below(5) * second;
    return Array.from({ length: 250 }, (_, seq): RuleRecord => {
      // Instants that are shared, whole seconds, and pauses.
      timeNs += ([0, 0, 20, 50, 100, 100, 200, 1000][below(8)] ?? 0) * 1e6;
      if (below(20) === 0) timeNs = Math.ceil(timeNs / second) * second;
      if (below(150) === 0) timeNs += 20 * second;
      const process = 1 + below(3);
      const status = [200, 404, 500][below(3)] ?? 0;
      const attributes: Record<string, string | number> = {
        "http.request.method": "GET",
        "http.response.status_code": status,
      };
      const any = {
        timeNs,
        process,
        seq,
        service: process === 3 ? "b" : "a",
        attribute: (name: string) => attributes[name],
      };
      switch (below(8)) {
        case 0:
          return {
            ...any,
            kind: "span",
            name: "GET",
            spanKind: below(2) === 0 ? "server" : "client",
            status: "ok",
            durationNs: below(1000) * 1e6,
          };
        case 1:
          return { ...any, kind: "log", message: "x", level: below(6) };
        case 2:
          return { ...any, kind: "event", name: "e" };
        case 3:
          return {
            ...any,
            kind: "state",
            scope: "accounts",
            className: "Account",
            id: "1",
            path: [`a${below(2)}`, "balance"],
            value: below(10) - 3,
          };
        case 4:
          return {
            ...any,
            kind: "state",
            scope: "c",
            className: "Cart",
            id: `${below(2)}`,
            path: ["status"],
            value: below(3) === 0 ? "broken" : undefined,
          };
        case 5:
          return { ...any, kind: "metric", name: "v8js.gc.count", unit: "{collection}", value: below(50) };
        default:
          return { ...any, kind: "metric", name: "load", unit: "", value: below(100) };
      }
    });
  }

  const short = (outcomes: readonly Outcome[]): string[] =>
    outcomes.map((outcome) => {
      const key = outcome.kind === "disabled" ? outcome.reason : Object.values(outcome.group.by).join("|");
      return `${outcome.timeNs} ${outcome.rule} ${outcome.kind} ${key}`;
    });

  const seen = new Set<string>();
  it.each([1, 2, 3])("decides the same over a quarter of an hour in which nothing comes (seed %i)", (seed) => {
    const records = randomRecords(seed)
      .slice(0, 60)
      .map((record, at) => ({ ...record, timeNs: record.timeNs + (at < 30 ? 0 : 900 * second) }));
    const endNs = (records.at(-1)?.timeNs ?? 0) + 400 * second;
    const evaluator = new Evaluator(rules);
    takeAll(evaluator, records);
    expect(short(evaluator.finish(endNs))).toEqual(naiveOutcomes(rules, records, endNs));
  });

  it("passes over centuries at once", () => {
    const evaluator = new Evaluator(rules);
    const records = [metric(1, 9), metric(5e9, 9), metric(9e9, 1)];
    takeAll(evaluator, records);
    expect(evaluator.finish(9.1e18).length).toBeGreaterThan(0);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("decides as one does that computes everything anew (seed %i)", (seed) => {
    const records = randomRecords(seed);
    const endNs = (records.at(-1)?.timeNs ?? 0) + 12 * second;
    const evaluator = new Evaluator(rules);
    takeAll(evaluator, records);
    const outcomes = short(evaluator.finish(endNs));
    for (const outcome of outcomes) seen.add(outcome.split(" ").slice(1, -1).join(" "));
    expect(outcomes).toEqual(naiveOutcomes(rules, records, endNs));
  });

  it.each([21, 22, 23, 24])("looks at clauses as one does that computes everything anew (seed %i)", (seed) => {
    const records = randomRecords(seed);
    const endNs = (records.at(-1)?.timeNs ?? 0) + 12 * second;
    const atNs = Math.round(endNs * randomFrom(seed)());
    for (const plan of rules) {
      const naive = new Map<string, string>();
      const courses = new Map<string, { least: number; most: number }[]>();
      naiveOutcomes([plan], records, endNs, (key, nowNs, state, value) => {
        const clauses = plan.clauses.map(({ condition, compared }) => {
          const held = value(condition);
          const sides = compared === undefined ? [] : [near(value(compared.value)), near(value(compared.limit))];
          return [Number.isNaN(held) ? "no value" : held === 1, ...sides];
        });
        if (nowNs <= atNs) naive.set(key, `${nowNs} ${state} ${JSON.stringify(clauses)}`);
        const course = courses.get(key) ?? plan.clauses.map(() => ({ least: Infinity, most: -Infinity }));
        courses.set(key, course);
        for (const [index, { condition, compared }] of plan.clauses.entries()) {
          const [one, now] = [course[index], value(compared?.value ?? condition)];
          if (one === undefined || Number.isNaN(now)) continue;
          [one.least, one.most] = [Math.min(one.least, now), Math.max(one.most, now)];
        }
      });
      const look = new RuleLook(plan, { atNs, fromNs: 0, toNs: endNs, buckets: 7, courses: 100 });
      const evaluator = new Evaluator([plan], { watch: (group, nowNs) => look.note(group, nowNs) });
      takeAll(evaluator, records);
      evaluator.finish(endNs);
      const keyOf = (by: Readonly<Record<string, string>>): string => Object.values(by).join("|");
      const looked = look.groups.map(({ group, state, evaluatedNs, clauses }) => {
        const told = clauses.map(({ holds = "no value", compared }) => [
          holds,
          ...(compared === undefined ? [] : [near(compared.value), near(compared.limit)]),
        ]);
        return [keyOf(group.by), `${evaluatedNs} ${state} ${JSON.stringify(told)}`] as const;
      });
      expect(new Map(looked)).toEqual(naive);
      for (const { group, courses: own } of look.groups)
        expect(own.map(({ least, most }) => [near(extreme(least, Math.min)), near(extreme(most, Math.max))])).toEqual(
          courses.get(keyOf(group.by))?.map(({ least, most }) => [near(least), near(most)]),
        );
    }
  });

  it("fires and recovers with every one of those rules", () => {
    // What only grows is never over.
    const growing = ["rule #19 recovered", "rule #20 recovered"];
    const turns = rules.flatMap(({ name }) => [`${name} fired`, `${name} recovered`]);
    expect(turns.filter((turn) => !seen.has(turn) && !growing.includes(turn))).toEqual([]);
  });

  it.each([11, 12, 13, 14, 15])("decides the same in stretches of any length (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const records = randomRecords(seed);
    const endNs = (records.at(-1)?.timeNs ?? 0) + 12 * second;
    const whole = new Evaluator(rules);
    takeAll(whole, records);
    const evaluator = new Evaluator(rules);
    const outcomes: Outcome[] = [];
    for (let from = 0; from <= endNs;) {
      const until = from + 1 + Math.floor(random() * 5 * second);
      takeAll(
        evaluator,
        records.filter(({ timeNs }) => timeNs >= from && timeNs < until),
      );
      outcomes.push(...evaluator.finish(Math.min(until - 1, endNs)));
      from = until;
    }
    expect(short(outcomes)).toEqual(short(whole.finish(endNs)));
  });
});

describe("buckets of the sketch", () => {
  it("are in the order of their values, which they keep within 1 %", () => {
    const values = [-1e12, -5, -1e-9, 0, 1e-9, 0.25, 1, 3.14, 1e6, 1e300];
    expect([...values].map(bucketOf)).toEqual([...values].map(bucketOf).sort((a, b) => a - b));
    for (const value of values)
      expect(Math.abs(valueOf(bucketOf(value)) - value)).toBeLessThanOrEqual(Math.abs(value) * 0.0101);
  });
});
