// The commands that take files of rules, as people and scripts use them.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Place } from "./hindcast-process.js";

const place = new Place();
afterAll(() => place.remove());

const file = (name: string, text: string | Uint8Array): void => writeFileSync(place.path(name), text);

describe("hindcast validate", () => {
  it("says what is wrong by file, line and column, and fails", async () => {
    file("good.rules", 'when heap.used > 1MB { alert("x") }\n');
    file(
      "bad rules.dscr",
      'when heap.usde > 1MB { log("x") }\n\nwhen heap.used > { alert("x") }\nwhen heap.used > 1s { }\n',
    );
    const ended = await place.run(["validate", "good.rules", "bad rules.dscr"]);
    expect(ended.out.split("\n")).toEqual([
      "good.rules: 1 rule, nothing wrong",
      "bad rules.dscr:1:6: warning: no metric is called heap.usde so far; did you mean heap.used?",
      'bad rules.dscr:3:18: a value is missing after >, before "{"',
      "bad rules.dscr:4:6: > goes between two of a kind, not bytes and a duration",
      "",
    ]);
    expect([ended.code, ended.err]).toEqual([1, ""]);
  });

  it("is content with warnings", async () => {
    file("custom.rules", 'when orders.waiting > 5 { alert("x") }');
    const ended = await place.run(["validate", "custom.rules", "--json"]);
    expect([ended.code, ended.err]).toEqual([0, ""]);
    expect(JSON.parse(ended.out)).toEqual({
      file: "custom.rules",
      line: 1,
      column: 6,
      end: { line: 1, column: 20 },
      severity: "warning",
      message: "no metric is called orders.waiting so far",
    });
  });

  it("says of each file that it cannot read why, and checks the others", async () => {
    mkdirSync(place.path("folder"));
    file("bytes.rules", Uint8Array.of(0xff, 0xfe, 0x00));
    file("empty.rules", "");
    const ended = await place.run(["validate", "none.rules", "folder", "bytes.rules", "empty.rules"]);
    expect([ended.code, ended.out]).toEqual([1, "empty.rules: 0 rules, nothing wrong\n"]);
    expect(ended.err.split("\n").filter((line) => line.startsWith("hindcast:"))).toEqual([
      "hindcast: There is no file none.rules.",
      "hindcast: folder cannot be read: it is a folder.",
      "hindcast: bytes.rules cannot be read: it is not UTF-8.",
    ]);
  });
});

describe("hindcast fmt", () => {
  it("lays files out, leaves what it cannot read, and only looks with --check", async () => {
    file("plain.rules", "when heap.used>1MB{mark();}  # why\n");
    file("right.rules", "when heap.used > 1MB { mark() }\n");
    file("wrong.rules", "when heap.used >1MB { mark( }\n");
    const files = ["plain.rules", "right.rules", "wrong.rules"];
    const texts = () => files.map((name) => readFileSync(place.path(name), "utf8"));
    const [plain, right, wrong] = texts();
    const checked = await place.run(["fmt", "--check", ...files]);
    const error = "wrong.rules: has an error; hindcast validate wrong.rules says where\n";
    expect([checked.code, checked.out, checked.err]).toEqual([1, `plain.rules: would change\n${error}`, ""]);
    expect(texts()).toEqual([plain, right, wrong]);
    const changed = await place.run(["fmt", ...files]);
    expect([changed.code, changed.out]).toEqual([1, `plain.rules: changed\n${error}`]);
    expect(texts()).toEqual(["when heap.used > 1MB { mark() } # why\n", right, wrong]);
    const again = await place.run(["fmt", "--check", "plain.rules", "right.rules"]);
    expect([again.code, again.out, again.err]).toEqual([0, "", ""]);
  });
});

describe("hindcast backtest", () => {
  const program = `const { event } = require("hindcast");
    for (let n = 0; n < 6; n++) console.error("refused", n);
    event("paid", { order: "A1" });
    setTimeout(() => console.log("done"), 2500);`;
  const rules = `rule "refusals" by service { when count(log where level == "error", 10s) > 3 then { alert("refused in \${service}") } }
rule "paid" { when count(event where name == "paid", 10s) >= 1 then { mark("paid") } }
rule "huge" { when heap.used > 1TB then { alert("x") } }
rule "cart" { when state(Cart).total < 0 then { alert("x") } }
`;

  it("says what rules would have done, and which never fired", async () => {
    file("b.rules", rules);
    const recorded = await place.run(["record", "-o", "b.hindcast", "--", process.execPath, "-e", program]);
    expect(recorded.code).toBe(0);
    const ended = await place.run(["backtest", "b.rules", "b.hindcast"]);
    expect([ended.code, ended.err]).toEqual([0, ""]);
    const lines = ended.out.trimEnd().split("\n");
    expect(lines.slice(0, -1).map((line) => line.replace(/^\S+ +/, ""))).toEqual([
      expect.stringMatching(/^fired +refusals +service=\S+ +alert\(refused in \S+\)$/),
      expect.stringMatching(/^fired +paid +mark\(paid\)$/),
    ]);
    expect(lines.at(-1)).toMatch(
      /^Over [\d,]+ records of .*\. refusals fired once; paid fired once; never: huge; not evaluated, as state is not read yet: cart$/,
    );
    const json = await place.run(["backtest", "b.rules", "b.hindcast", "b.hindcast", "--json"]);
    const rows = json.out
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(rows).toHaveLength(4);
    expect(rows[3]).toMatchObject({ recording: "b.hindcast", rule: "paid", kind: "fired", said: ["mark(paid)"] });
  });

  it("evaluates nothing where a rule has an error, and says where it is", async () => {
    file("wrong.rules", "when heap.used > { mark() }\n");
    const ended = await place.run(["backtest", "wrong.rules", "b.hindcast"]);
    expect([ended.code, ended.out]).toEqual([1, 'wrong.rules:1:18: a value is missing after >, before "{"\n']);
    expect((await place.run(["backtest", "b.rules"])).code).toBe(2);
    const missing = await place.run(["backtest", "none.rules", "b.hindcast"]);
    expect([missing.code, missing.err.split("\n")[0]]).toEqual([1, "hindcast: There is no file none.rules."]);
  });
});

describe("hindcast test", () => {
  const rules = `rule "leak" for 2s { when heap.used > 100MB then { alert("heap at \${heap.used}") } }
rule "paid" { when count(event where name == "paid", 10s) >= 1 then { mark("paid") } }
`;

  it("runs the cases of a folder, and says by file and line what differs", async () => {
    mkdirSync(place.path("suite/deep"), { recursive: true });
    file("suite/memory.rules", rules);
    const grows = 'case "grows"\n  heap.used 90MB 110MBx4\n';
    file("suite/memory.cases", `${grows}  fires "leak" at 3s says "110MB"\n`);
    file("suite/deep/all.cases", `rules ../memory.rules\n${grows}  fires "leak" at 2s\n  never "paid"\n`);
    const ended = await place.run(["test", "suite"]);
    expect([ended.code, ended.err]).toEqual([1, ""]);
    expect(ended.out.split("\n")).toEqual([
      `suite/deep/all.cases:4: grows: leak is to fire at 2s: it fires at 3s process=1 "heap at 110MB"`,
      "2 cases, 1 of them differ",
      "",
    ]);
    const json = await place.run(["test", "--json", "suite"]);
    expect([
      json.code,
      json.out
        .trimEnd()
        .split("\n")
        .map((line): unknown => JSON.parse(line)),
    ]).toEqual([
      1,
      [
        {
          file: "suite/deep/all.cases",
          line: 2,
          name: "grows",
          differences: [{ line: 4, message: `leak is to fire at 2s: it fires at 3s process=1 "heap at 110MB"` }],
        },
        { file: "suite/memory.cases", line: 1, name: "grows", differences: [] },
      ],
    ]);
    const right = await place.run(["test", "suite/memory.cases"]);
    expect([right.code, right.out, right.err]).toEqual([0, "1 case, nothing differs\n", ""]);
  });

  it("runs cases over a recording, whose times are since its start", async () => {
    const program = `const { event } = require("hindcast");
      setTimeout(() => event("paid"), 1500); setTimeout(() => {}, 4000);`;
    const recorded = await place.run(["record", "-o", "paid.hindcast", "--", process.execPath, "-e", program]);
    expect(recorded.code).toBe(0);
    file(
      "suite/recorded.cases",
      `rules memory.rules\ncase "pays"\nrecording ../paid.hindcast\nfires "paid" at 1s to 10s\nnever "leak"\n`,
    );
    const ended = await place.run(["test", "suite/recorded.cases"]);
    expect([ended.code, ended.out, ended.err]).toEqual([0, "1 case, nothing differs\n", ""]);
    file("suite/recorded.cases", `rules memory.rules\ncase "pays"\nrecording ../paid.hindcast\nnever "paid"\n`);
    const differs = await place.run(["test", "suite/recorded.cases"]);
    expect([differs.code, differs.out]).toEqual([
      1,
      expect.stringContaining(`suite/recorded.cases:4: pays: paid fires at `),
    ]);
  });

  it("fails where it cannot run anything, and says why", async () => {
    mkdirSync(place.path("no-cases"));
    const empty = await place.run(["test", "no-cases"]);
    expect([empty.code, empty.err.split("\n")[0]]).toEqual([
      1,
      "hindcast: no-cases cannot be read: there are no files of cases (.cases) in it.",
    ]);
    file("alone.cases", `case "x"\nlog 1\nnever "y"\n`);
    const alone = await place.run(["test", "alone.cases"]);
    expect([alone.code, alone.err.split("\n")[0]]).toEqual([1, "hindcast: There is no file alone.rules."]);
    file("alone.rules", "when heap.used > { mark() }\n");
    file("alone.cases", `case "x"\nlog x\nnever "y"\n`);
    const wrong = await place.run(["test", "alone.cases"]);
    expect([wrong.code, wrong.out.split("\n")]).toEqual([
      1,
      [
        "alone.cases:2:5: a value is missing: 5, 1+2x10, 3x10, _, _x10 or stale",
        'alone.rules:1:18: a value is missing after >, before "{"',
        "0 cases, nothing differs; what is wrong above was left out",
        "",
      ],
    ]);
    const missing = await place.run(["test", "none"]);
    expect([missing.code, missing.err.split("\n")[0]]).toEqual([1, "hindcast: There is no file none."]);
  });
});

describe("the library of rules", () => {
  const files = readdirSync("rules").filter((name) => name.endsWith(".rules"));
  const paths = files.map((name) => resolve("rules", name));

  it("is right, laid out, and does what its cases say", async () => {
    for (const command of [
      ["validate", ...paths],
      ["fmt", "--check", ...paths],
      ["test", resolve("rules")],
    ]) {
      const ended = await place.run(command);
      expect([command[0], ended.code, ended.err]).toEqual([command[0], 0, ""]);
    }
  });

  it("has a case of each rule in which it fires", () => {
    for (const name of files) {
      const rules = [...readFileSync(join("rules", name), "utf8").matchAll(/^rule "([^"]*)"/gm)].map(
        ([, rule]) => rule,
      );
      const cases = readFileSync(join("rules", name.replace(/\.rules$/, ".cases")), "utf8");
      expect(rules.filter((rule) => !cases.includes(`fires "${rule ?? ""}" at`))).toEqual([]);
    }
  });
});

describe("hindcast backtest --expect", () => {
  it("says which firings were of an incident, which incidents were caught, and how late", async () => {
    const sample = resolve("recordings/ledger-bad-deploy.hindcast");
    const truth = resolve("recordings/ledger-bad-deploy.truth.jsonl");
    file("e.rules", readFileSync("rules/errors.rules"));
    const ended = await place.run(["backtest", "e.rules", sample, "--expect", truth]);
    expect([ended.code, ended.err]).toEqual([0, ""]);
    const table = ended.out.trimEnd().split("\n").slice(-5, -1);
    expect(table.map((line) => line.split(/ {2,}/))).toEqual([
      ["rule", "firings of an incident", "incidents caught", "which"],
      ["errors in the log", "2 of 2 (100 %)", "1 of 1 (100 %)", expect.stringMatching(/^bad-deploy after 1\.\d{3} s$/)],
      ["many warnings", "–", "0 of 1 (0 %)", "none"],
      ["the log fell silent", "–", "0 of 1 (0 %)", "none"],
    ]);
    const json = await place.run(["backtest", "e.rules", sample, "--expect", truth, "--json"]);
    const scores = json.out
      .trimEnd()
      .split("\n")
      .slice(-3)
      .map((line): unknown => JSON.parse(line));
    expect(scores[0]).toEqual({
      recording: sample,
      kind: "score",
      rule: "errors in the log",
      fired: 2,
      right: 2,
      incidents: ["bad-deploy"],
      caught: [{ incident: "bad-deploy", delayMs: expect.closeTo(1285, -3) as unknown }],
    });
    // What went wrong at another time is none of this recording.
    const other = resolve("recordings/ledger-memory-leak.truth.jsonl");
    const elsewhere = await place.run(["backtest", "e.rules", sample, "--expect", other]);
    expect(elsewhere.out).toMatch(/errors in the log +0 of 2 \(0 %\) +– +none/);
  });

  it("says what is wrong with such a file", async () => {
    file("t.jsonl", '{"kind":"x","from":"1","to":"2"}\n\n{"kind":"y","from":1}\n');
    const bad = await place.run(["backtest", "e.rules", "none.hindcast", "--expect", "t.jsonl"]);
    expect([bad.code, bad.err.split("\n")[0]]).toEqual([
      1,
      "hindcast: t.jsonl does not say what went wrong: line 3 is no incident with kind, from and to.",
    ]);
    const none = await place.run(["backtest", "e.rules", "none.hindcast", "--expect", "no.jsonl"]);
    expect([none.code, none.err.split("\n")[0]]).toEqual([1, "hindcast: There is no file no.jsonl."]);
  });
});
