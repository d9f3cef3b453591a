// The commands that take files of rules, as people and scripts use them.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
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
