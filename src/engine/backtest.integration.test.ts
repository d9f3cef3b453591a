// What rules would have done over a recording, against the same records read through the documented views, all at once.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as v from "valibot";
import { Evaluator, RuleLook, type RuleRecord, compileRules } from "../rules/index.js";
import { nobody } from "../shared/base/asker.js";
import { CancelSource, Cancelled } from "../shared/base/cancel.js";
import { randomFrom } from "../shared/base/random.test-support.js";
import { engineCalls } from "../shared/protocol/engine-calls.js";
import { backtest } from "./backtest.js";
import { explainRule } from "./explain-rule.js";
import { seeds } from "./replay/seeds.test-support.js";
import { type OpenFile, createFile } from "./store/open-file.js";
import { Readers } from "./store/readers.js";

const folder = mkdtempSync(join(tmpdir(), "hindcast-backtest-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rules = `
rule "errors" for 2s cooldown 3s { when count(log where level == "error", 5s) > 3 then { alert("\${severity} at \${count(log, 5s)} lines") } }
rule "slow" { when p95(span where name == "GET /a", 10s) > 400ms then { log("slow") } }
rule "paid" by service { when count(event where name == "paid", 4s) >= 3 then { mark("paid by \${service}") } }
rule "heap" { when heap.used > 600B recover when heap.used < 300B then { alert("heap") } }
rule "quiet" { when absent(event where name == "paid" && order == "A", 3s) then { log("quiet") } }
rule "state" { when state(Cart).total < 0 then { alert("x") } }
`;
const services = ["web", "it's"];
const names = ["paid", "console", "GET /a", "GET /b", "v8js.memory.heap.used", "By", "other"];
/** Of a day, so that instants are beyond what a double holds of nanoseconds since 1970. */
const beginNs = 1_790_000_000_000_000_000n;

describe.each(seeds(1, 2, 3))("a back-test, seed %d", (seed) => {
  let file: OpenFile;
  let readers: Readers;
  const random = randomFrom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);

  beforeAll(async () => {
    const made = await createFile(join(folder, `${seed}.hindcast`), { created: 1n, appVersion: "0" });
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    file = made.value;
    readers = await Readers.open(file.instance);
    const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
    const statements = [
      `INSERT INTO name (id, text) VALUES ${names.map((name, at) => `(${at + 1}, ${quoted(name)})`).join(", ")}`,
      `INSERT INTO process (process, service_name) VALUES ${services.map((name, at) => `(${at + 1}, ${quoted(name)})`).join(", ")}`,
      `INSERT INTO series VALUES (1, 1, 5, 6, '{}'), (2, 2, 5, 6, '{}'), (3, 1, 7, 0, '{}')`,
    ];
    for (let seq = 1; seq <= 2000; seq++) {
      const process = 1 + below(2);
      // Many at one instant, and stretches without any.
      const instant =
        beginNs + BigInt(below(60) < 5 ? 20 : below(60)) * 1_000_000_000n + BigInt(below(3)) * 333_333_333n;
      const attributes = quoted(JSON.stringify({ order: ["A", "B"][below(2)], n: below(5) }));
      switch (below(4)) {
        case 0:
          statements.push(
            `INSERT INTO log VALUES (${process}, ${seq}, ${instant}, ${[9, 13, 17, 17][below(4)] ?? 9}, 0, 2, 'line', ${attributes})`,
          );
          break;
        case 1:
          statements.push(
            `INSERT INTO event VALUES (${process}, ${seq}, ${instant}, ${1 + below(2)}, 0, ${attributes})`,
          );
          break;
        case 2: {
          const end = below(10) === 0 ? "NULL" : String(instant + BigInt(below(600)) * 1_000_000n);
          statements.push(
            `INSERT INTO span (process, span, seq, instant, end_instant, parent, lane, kind, status, name, attributes)
             VALUES (${process}, ${seq}, ${seq}, ${instant}, ${end}, 0, 0, ${1 + below(2)}, 0, ${3 + below(2)}, ${attributes})`,
          );
          break;
        }
        default:
          statements.push(
            `INSERT INTO metric VALUES (${process}, ${seq}, ${instant}, ${1 + below(3)}, ${below(1000)})`,
          );
      }
    }
    await readers.hold(async (connection) => void (await connection.run(`BEGIN; ${statements.join("; ")}; COMMIT`)));
  });
  afterAll(async () => {
    await readers.dispose();
    await file.dispose();
  });

  const to = beginNs + 70_000_000_000n;
  const ask = (atOnce: number, from = beginNs, until = to) =>
    backtest(readers.query, { source: rules, name: "test", from, to: until }, nobody, atOnce);

  /** By the views alone. */
  async function plainRecords(origin: bigint): Promise<RuleRecord[]> {
    const found: RuleRecord[] = [];
    const service = (process: number): string => services[process - 1] ?? "";
    const attribute =
      (text: string) =>
      (name: string): string | number | boolean | undefined => {
        const value: unknown = Reflect.get(Object(JSON.parse(text)), name);
        return typeof value === "string" || typeof value === "number" ? value : undefined;
      };
    const rowsOf = async (view: string, time = "time") => {
      const rows = await readers.query(`SELECT *, epoch_ns(${time}) AS ns FROM ${view} WHERE ${time} IS NOT NULL`);
      const [processes, seqs, ns, texts] = [
        rows.numbers("process"),
        rows.numbers("seq"),
        rows.bigints("ns"),
        rows.texts("attributes"),
      ];
      return {
        rows,
        base: (row: number) => ({
          timeNs: Number((ns[row] ?? 0n) - origin),
          process: processes[row] ?? 0,
          seq: seqs[row] ?? 0,
          service: service(processes[row] ?? 0),
          attribute: attribute(texts[row] ?? "{}"),
        }),
      };
    };
    const logs = await rowsOf("logs");
    for (const [row, severity] of logs.rows.numbers("severity").entries())
      found.push({ kind: "log", ...logs.base(row), message: "line", level: { 9: 2, 13: 3, 17: 4 }[severity] ?? 0 });
    const events = await rowsOf("events");
    for (const [row, name] of events.rows.texts("name").entries())
      found.push({ kind: "event", ...events.base(row), name });
    const spans = await rowsOf("spans", `"end"`);
    const [kinds, durations] = [spans.rows.texts("kind"), spans.rows.numbers("duration_ns")];
    for (const [row, name] of spans.rows.texts("name").entries())
      found.push({
        kind: "span",
        ...spans.base(row),
        name,
        spanKind: kinds[row] ?? "",
        status: "unset",
        durationNs: durations[row] ?? 0,
      });
    const metrics = await rowsOf("metrics");
    const values = metrics.rows.numbers("value");
    for (const [row, name] of metrics.rows.texts("name").entries())
      found.push({
        kind: "metric",
        ...metrics.base(row),
        name,
        unit: name === "other" ? "" : "By",
        value: values[row] ?? 0,
      });
    return found.sort((a, b) => a.timeNs - b.timeNs || a.process - b.process || a.seq - b.seq);
  }

  it("decides as over all records at once, however few are read at a time", async () => {
    const origin = (beginNs / 86_400_000_000_000n) * 86_400_000_000_000n;
    const evaluator = new Evaluator(
      compileRules(rules, { fileName: "test" }).plans.filter(({ name }) => name !== "state"),
    );
    for (const record of await plainRecords(origin)) evaluator.take(record);
    const expected = [...evaluator.outcomes(), ...evaluator.finish(Number(to - origin))].map(
      ({ timeNs, rule, kind }) => [origin + BigInt(Math.round(timeNs)), rule, kind],
    );
    for (const atOnce of [100_000, 600, 60]) {
      const { outcomes, unread, problems } = await ask(atOnce);
      expect(outcomes.map(({ instant, rule, kind }) => [instant, rule, kind])).toEqual(expected);
      expect([unread, problems.filter(({ severity }) => severity === "error")]).toEqual([["state"], []]);
    }
    expect(new Set(expected.map(([, rule]) => rule)).size).toBe(5);
    expect(expected.some(([, , kind]) => kind === "recovered")).toBe(true);
  });

  it("says what was said, of which group, and how many records were decided on", async () => {
    const { outcomes, records, rules: known } = await ask(100_000);
    expect(known.map(({ rule, line }) => [rule, line])).toEqual([
      ["errors", 2],
      ["slow", 3],
      ["paid", 4],
      ["heap", 5],
      ["quiet", 6],
    ]);
    const error = outcomes.find(({ rule, kind }) => rule === "errors" && kind === "fired");
    expect(error?.said.join()).toMatch(/^alert\(medium at \d+ lines\)$/);
    const paid = outcomes.filter(({ rule, kind }) => rule === "paid" && kind === "fired");
    expect(new Set(paid.map(({ group, said }) => `${group["service"] ?? ""}: ${said.join()}`))).toEqual(
      new Set(["web: mark(paid by web)", "it's: mark(paid by it's)"]),
    );
    const rows = await readers.query(
      `SELECT (SELECT count(*) FROM log) + (SELECT count(*) FROM event) + (SELECT count(*) FROM span WHERE end_instant IS NOT NULL)
       + (SELECT count(*) FROM metric WHERE series < 3) AS records`,
    );
    expect(records).toBe(rows.numbers("records")[0]);
  });

  it("says of an instant what each clause came to, as over all records at once", async () => {
    const origin = (beginNs / 86_400_000_000_000n) * 86_400_000_000_000n;
    const source = `rule "both" by service { when count(log where level == "error", 5s) > 3 && 0.4 <= p95(span, 10s) && absent(event, 1s) then { } }`;
    const [plan] = compileRules(source).plans;
    if (plan === undefined) throw new Error("it has no plan");
    const records = await plainRecords(origin);
    for (let seconds = 3; seconds < 70; seconds += 7) {
      const at = beginNs + BigInt(seconds) * 1_000_000_000n + 500_000_000n;
      const sinceOrigin = (instant: bigint): number => Number(instant - origin);
      const range = { fromNs: sinceOrigin(beginNs), toNs: sinceOrigin(to), buckets: 20, courses: 5 };
      const look = new RuleLook(plan, { atNs: sinceOrigin(at), ...range });
      const evaluator = new Evaluator([plan], { watch: (group, nowNs) => look.note(group, nowNs) });
      for (const record of records) evaluator.take(record);
      evaluator.finish(range.toNs);
      const asked = { source, name: "test", rule: "both", from: beginNs, to, at, buckets: 20 };
      const answer = await explainRule(readers.query, asked, nobody);
      if (!answer.ok) throw new Error(answer.error.code);
      expect(answer.value.groups.map(({ clauses, courses, by }) => ({ clauses, courses, by }))).toEqual(
        look.groups.map(({ clauses, courses, group }) => ({ clauses, courses, by: group.by })),
      );
      expect(answer.value.groupCount).toBe(2);
      expect(answer.value.clauses.map(({ text, needs }) => [text, needs])).toEqual([
        ['count(log where level == "error", 5s) > 3', "> 3"],
        ["0.4 <= p95(span, 10s)", ">= 0.4"],
        ["absent(event, 1s)", undefined],
      ]);
    }
    const none = await explainRule(
      readers.query,
      { source, name: "test", rule: "other", from: beginNs, to, at: to, buckets: 1 },
      nobody,
    );
    expect(none).toMatchObject({ ok: false, error: { code: "no-such-rule" } });
  });

  it("says of what has no value that it has none, in an answer that is one", async () => {
    const source = `rule "none" { when p95(span where name == "never", 1s) > 5ms && count(log, 1s) >= 0 then { } }`;
    const asked = { source, name: "test", rule: "none", from: beginNs, to, at: to, buckets: 1 };
    const answer = await explainRule(readers.query, asked, nobody);
    if (!answer.ok) throw new Error(answer.error.code);
    const { groups } = v.parse(engineCalls["rules.explain"].result, answer.value);
    expect(groups[0]?.clauses).toMatchObject([
      { compared: { text: "no value", limit: 0.005, limitText: "5ms" } },
      { holds: true, compared: { limit: 0 } },
    ]);
    expect(groups[0]?.clauses[0]).not.toHaveProperty("holds");
  });

  it("stops when nobody waits any more", async () => {
    const asking = new CancelSource();
    const asker = { signal: asking, tell: () => asking.abort() };
    await expect(
      backtest(readers.query, { source: rules, name: "test", from: beginNs, to }, asker, 60),
    ).rejects.toThrow(Cancelled);
  });

  it("reads no further than it is asked to", async () => {
    const { outcomes } = await ask(100_000, beginNs + 10_000_000_000n, beginNs + 20_000_000_000n);
    expect(
      outcomes.every(({ instant }) => instant >= beginNs + 10_000_000_000n && instant <= beginNs + 20_000_000_000n),
    ).toBe(true);
  });
});
