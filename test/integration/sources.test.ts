// What a recording keeps of the program's sources: each text once, as it was written, with the functions in it and with what
// could not be told of; in every copy, and nothing of it where nobody wants it.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Place } from "./hindcast-process.js";

const place = new Place();
afterAll(() => place.remove());

const files = {
  "app.cjs": `const { half } = require("./other.cjs");
const { Worker, isMainThread } = require("node:worker_threads");
const apiKey = "nobody-guesses-this";
function add(a, b) { return half(a) + b; }
function odd(a) { function a() {} return a; }
add(2, 1);
add(4, 1);
odd(1);
try { require("./broken.cjs"); } catch {}
require("./left-out.cjs");
if (isMainThread) new Worker(__filename);
`,
  "other.cjs": `exports.half = function half(n) { return n / 2; };\n`,
  "broken.cjs": `function {\n`,
  "left-out.cjs": `function never() {}\nnever();\n`,
};
const options = ["--level", "calls", "--exclude", "left-out.cjs"];

async function rows(name: string, sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(place.path(name), { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  const found = (await connection.runAndReadAll(sql)).getRowsJson();
  connection.closeSync();
  instance.closeSync();
  return found;
}

const withoutFolder = (text: string): string => text.replaceAll(`${place.root}/`, "");
const redacted = files["app.cjs"].replace("nobody-guesses-this", "[redacted:api-key]");
const plain = (text: unknown): unknown => (typeof text === "string" ? text.replace(/#[0-9a-f]{12}\]/g, "]") : text);

describe("the sources of a recording", () => {
  beforeAll(async () => {
    for (const [name, text] of Object.entries(files)) writeFileSync(place.path(name), text);
    expect((await place.start(["record", "-o", "a.hindcast", ...options, "--", "node", "app.cjs"]).ended).code).toBe(0);
  });

  it("are there once, whichever threads load them, with secrets taken out", async () => {
    const texts = await rows("a.hindcast", `SELECT text FROM source_text ORDER BY length(text) DESC`);
    expect(texts.map(([text]) => plain(text))).toEqual([redacted, files["other.cjs"]]);
    const listed = await rows("a.hindcast", `SELECT process, file, text IS NOT NULL FROM sources ORDER BY ALL`);
    const both = [1, 2].flatMap((process) => [
      [process, "app.cjs", true],
      [process, "broken.cjs", false],
      [process, "left-out.cjs", false],
      [process, "other.cjs", true],
    ]);
    expect(listed.map(([process, file, has]) => [process, withoutFolder(String(file)), has])).toEqual(both);
  });

  it("count calls alone, and not what else is known of a line", async () => {
    writeFileSync(
      place.path("busy.cjs"),
      `function busy() { const end = Date.now() + 600; while (Date.now() < end); }\nsetTimeout(busy, 200);\nsetTimeout(() => {}, 1500);\n`,
    );
    expect(
      (await place.start(["record", "-o", "busy.hindcast", ...options, "--", "node", "busy.cjs"]).ended).code,
    ).toBe(0);
    const blocks = await rows(
      "busy.hindcast",
      `SELECT name FROM spans WHERE attributes LIKE '%busy.cjs%' ORDER BY name`,
    );
    expect(new Set(blocks.map(([name]) => name))).toEqual(new Set(["busy", "nodejs.eventloop.block"]));
    const { out } = await place.start(["source", "busy.hindcast", "busy.cjs", "--json"]).ended;
    const read: unknown = JSON.parse(out);
    expect(read).toMatchObject({ functions: [{ function: "busy", calls: 1 }] });
  });

  it("are listed with their functions, and with what was not instrumented and why", async () => {
    const listed = await place.start(["source", "a.hindcast"]).ended;
    expect(
      withoutFolder(listed.out)
        .split("\n")
        .map((line) => line.trim().replace(/ +/g, " ")),
    ).toEqual([
      "BYTES FUNCTIONS SKIPPED FILE WHY NOT",
      expect.stringMatching(/^\d+ 2 1 app\.cjs$/),
      expect.stringMatching(/^– 0 0 broken\.cjs it cannot be read as JavaScript: /),
      "– 0 0 left-out.cjs left out by --exclude",
      expect.stringMatching(/^\d+ 1 0 other\.cjs$/),
      "",
    ]);
    expect(
      await rows(
        "a.hindcast",
        `SELECT DISTINCT line, "column", function, not_instrumented FROM functions ORDER BY ALL`,
      ),
    ).toEqual([
      [1, 16, "half", null],
      [4, 1, "add", null],
      [5, 1, "odd", "declares a function and a variable of one name"],
      [5, 19, "a", null],
    ]);
  });

  it("are printed with how often functions were called, by path or the end of it", async () => {
    const printed = await place.start(["source", "a.hindcast", "app.cjs"]).ended;
    const lines = plain(printed.out);
    expect(lines).toContain(' 3     const apiKey = "[redacted:api-key]";\n');
    expect(lines).toContain(" 4  4  function add(a, b) { return half(a) + b; }\n");
    expect(lines).toContain("⟵ no calls: declares a function and a variable of one name");
    const json: unknown = JSON.parse(
      (await place.start(["source", "a.hindcast", place.path("other.cjs"), "--json"]).ended).out,
    );
    expect(json).toMatchObject({
      text: files["other.cjs"],
      functions: [{ function: "half", line: 1, column: 16, calls: 4, failed: 0, notInstrumented: null }],
    });
    const none = await place.start(["source", "a.hindcast", "none.js"]).ended;
    expect([none.code, none.err]).toEqual([1, expect.stringContaining("no source none.js")]);
  });

  it("go with copies, and with what is exported", async () => {
    const out = (name: string): string => place.path(name);
    const all = `SELECT process, file, functions, text, not_instrumented FROM source_use JOIN source_version AS s ON id = source
      LEFT JOIN source_text USING (hash) ORDER BY ALL`;
    const there = await rows("a.hindcast", all);
    for (const words of [
      ["copy", "a.hindcast", "-o", out("copied.hindcast")],
      ["compact", "a.hindcast", "-o", out("compacted.hindcast")],
      ["export", "a.hindcast", "-o", out("exported.hindcast"), "--yes"],
      ["export", "a.hindcast", "-o", out("part.hindcast"), "--from", "start", "--to", "end", "--yes"],
      ["export", "a.hindcast", "-o", out("redacted.hindcast"), "--redact-secrets", "--redact-text", "add(4"],
    ]) {
      const ended = await place.start(words).ended;
      expect([words[0], ended.code, ended.err]).toEqual([words[0], 0, expect.any(String)]);
    }
    for (const name of ["copied", "compacted", "exported", "part"])
      expect([name, await rows(`${name}.hindcast`, all)]).toEqual([name, there]);
    const texts = await rows("redacted.hindcast", `SELECT text FROM source_text WHERE contains(text, 'function add')`);
    expect(plain(texts[0]?.[0])).toBe(redacted.replace("add(4", "[redacted:text]"));
    const printed = await place.start(["source", "redacted.hindcast", "app.cjs"]).ended;
    expect(printed.out).toContain(" 4  4  function add(a, b)");
  });

  it("are not kept where nobody wants them, but for where functions are", async () => {
    const words = ["record", "-o", "none.hindcast", ...options, "--sources", "off", "--", "node", "app.cjs"];
    expect((await place.start(words).ended).code).toBe(0);
    expect(await rows("none.hindcast", `SELECT count(*)::INTEGER FROM source_text`)).toEqual([[0]]);
    expect(await rows("none.hindcast", `SELECT count(DISTINCT function)::INTEGER FROM functions`)).toEqual([[4]]);
    expect(readFileSync(place.path("none.hindcast")).includes("return half(a)")).toBe(false);
    const listed = await place.start(["source", "none.hindcast"]).ended;
    expect(listed.out).toContain("sources are not kept");
  });

  it("are none of a recording without calls, nor of one that was made before there were any", async () => {
    const words = ["record", "-o", "requests.hindcast", "--", "node", "app.cjs"];
    expect((await place.start(words).ended).code).toBe(0);
    for (const file of ["requests.hindcast", `${process.cwd()}/recordings/ledger-first.hindcast`]) {
      const listed = await place.start(["source", file]).ended;
      expect([listed.code, listed.out]).toEqual([0, expect.stringContaining("no sources")]);
      expect((await place.start(["source", file, "app.cjs"]).ended).code).toBe(1);
    }
  });

  it("are what TypeScript was written as, whatever compiled it", async () => {
    mkdirSync(place.path("typed"));
    const source = `interface Order { total: number }\n\nexport function taxed(order: Order): number {\n  return order.total * 2;\n}\n\nconsole.log(taxed({ total: 4 }));\n`;
    writeFileSync(place.path("typed/package.json"), `{"type":"module"}`);
    writeFileSync(place.path("typed/m.ts"), source);
    const loader = `${process.cwd()}/node_modules/tsx/dist/loader.mjs`;
    const words = [
      "record",
      "-o",
      "typed.hindcast",
      "--level",
      "calls",
      "--",
      "node",
      "--import",
      loader,
      "typed/m.ts",
    ];
    expect((await place.start(words).ended).code).toBe(0);
    expect(await rows("typed.hindcast", `SELECT text FROM sources WHERE file LIKE '%m.ts'`)).toEqual([[source]]);
    expect(await rows("typed.hindcast", `SELECT line, "column" FROM functions WHERE function = 'taxed'`)).toEqual([
      [3, 8],
    ]);
  });
});
