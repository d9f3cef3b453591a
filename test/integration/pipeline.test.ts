// What a pipeline leaves out, in real programs: nothing else is missing, and the recording says how much it was and why.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, describe, expect, it } from "vitest";
import type { Pipeline } from "../../src/shared/protocol/pipeline-stages.js";
import { Place } from "./hindcast-process.js";

const place = new Place();
afterAll(() => place.remove());

/** Rows of a statement over the documented views. */
async function rowsOf(file: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(place.path(file), { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const leftOut = (file: string) =>
  rowsOf(file, "SELECT label, lost::INTEGER AS lost FROM marks WHERE reason = 'filtered' ORDER BY label");

function write(name: string, text: string): void {
  mkdirSync(dirname(place.path(name)), { recursive: true });
  writeFileSync(place.path(name), text);
}

const program = `const { event, metric, span, track } = require("hindcast");
  const cache = track("cache", { hits: 0 });
  const totals = track("totals", { of: 0 });
  for (let n = 0; n < 100; n++) {
    event(n % 2 === 0 ? "cache.hit" : "cache.miss", { "http.route": n % 4 === 0 ? "/health" : "/accounts", note: "x".repeat(500) });
    if (n % 10 === 0) console.log("line", n);
    if (n % 20 === 0) console.error("bad", n);
    span(n % 2 === 0 ? "outer" : "noise", {}, () => span("inner", { "user.email": "a@b.example" }, () => event("deep", {})));
    metric("queue", n);
    cache.hits++;
    totals.of++;
  }
`;

describe("the pipeline", () => {
  it("leaves out what it is told to, exactly, and says so", async () => {
    write("program.cjs", program);
    const pipeline: Pipeline = [
      { stage: "drop", where: { kind: "event", name: "cache.*", attributes: { "http.route": "/health" } } },
      { stage: "drop", where: { kind: "log", below: "error" } },
      { stage: "drop", where: { kind: "span", name: "noise" } },
      { stage: "keep", where: { kind: "write", name: "totals" } },
      { stage: "truncate", characters: 20, where: { kind: "event" } },
      { stage: "redact", keys: ["user.*"] },
      { stage: "rate-limit", perSecond: 0, where: { kind: "metric", name: "queue" } },
    ];
    write("exact.json", JSON.stringify({ pipeline }));
    const { code, err } = await place.run([
      "record",
      "-o",
      "exact.hindcast",
      "--config",
      "exact.json",
      "--",
      process.execPath,
      "program.cjs",
    ]);
    expect([code, err.split("\n").filter((line) => line.includes("indcast"))]).toEqual([0, []]);

    expect(
      await rowsOf(
        "exact.hindcast",
        "SELECT name, count(*)::INTEGER AS n FROM events WHERE name NOT LIKE 'hindcast.%' GROUP BY name ORDER BY name",
      ),
    ).toEqual([
      { name: "cache.hit", n: 25 },
      { name: "cache.miss", n: 50 },
      { name: "deep", n: 100 },
    ]);
    expect(
      await rowsOf("exact.hindcast", "SELECT count(*)::INTEGER AS n, min(severity)::INTEGER AS least FROM logs"),
    ).toEqual([{ n: 5, least: 17 }]);
    // What would hang on a span that is left out hangs on what is above it.
    expect(
      await rowsOf(
        "exact.hindcast",
        "SELECT name, parent_span_id IS NULL AS at_root, count(*)::INTEGER AS n FROM spans WHERE name IN ('inner', 'outer', 'noise') GROUP BY ALL ORDER BY ALL",
      ),
    ).toEqual([
      { name: "inner", at_root: false, n: 50 },
      { name: "inner", at_root: true, n: 50 },
      { name: "outer", at_root: true, n: 50 },
    ]);
    expect(
      await rowsOf(
        "exact.hindcast",
        "SELECT DISTINCT attributes->>'$.\"user.email\"' AS email FROM spans WHERE name = 'inner'",
      ),
    ).toEqual([{ email: "[redacted]" }]);
    expect(
      await rowsOf("exact.hindcast", "SELECT max(length(attributes->>'$.note'))::INTEGER AS longest FROM events"),
    ).toEqual([{ longest: 21 }]);
    expect(await rowsOf("exact.hindcast", "SELECT count(*)::INTEGER AS n FROM metrics WHERE name = 'queue'")).toEqual([
      { n: 0 },
    ]);

    expect(await leftOut("exact.hindcast")).toEqual([
      { label: "left out by stage 1 drop event cache.* http.route=/health (25 events)", lost: 25 },
      { label: "left out by stage 2 drop log below error (10 log lines)", lost: 10 },
      { label: "left out by stage 3 drop span noise (50 spans)", lost: 50 },
      { label: "left out by stage 4 keep write totals (1 scope of state)", lost: 1 },
      { label: "left out by stage 7 rate-limit 0/s metric queue (100 samples)", lost: 100 },
    ]);
    const state = await place.run(["state", "exact.hindcast", "--scope", "cache", "--at", "+1h", "--json"]);
    expect(JSON.parse(state.out)).toEqual({
      $type: "unavailable",
      because: "not-recorded",
      what: "left out by the pipeline",
    });
    expect(JSON.parse((await place.run(["info", "exact.hindcast", "--json"])).out)).toMatchObject({
      counts: { lost: 0 },
    });
  });

  it("lets the same traces through in two processes, and of each all or nothing", async () => {
    write(
      "server.cjs",
      `const { span } = require("hindcast");
      const http = require("node:http");
      const server = http.createServer((request, response) => {
        console.log("asked for", request.url);
        span("work", {}, () => response.end("x"));
        if (request.url === "/last") server.close();
      });
      server.listen(0, "127.0.0.1", () => process.send(server.address().port));`,
    );
    write(
      "client.cjs",
      `const { span } = require("hindcast");
      const { fork } = require("node:child_process");
      const child = fork("server.cjs");
      child.once("message", async (port) => {
        for (let n = 0; n < 60; n++)
          await span("round", {}, async () => {
            console.log("asking", n);
            await (await fetch("http://127.0.0.1:" + port + (n === 59 ? "/last" : "/" + n))).text();
          });
        child.disconnect();
      });`,
    );
    const stages = JSON.stringify([{ stage: "sample", ratio: 0.5, where: { kind: "span", name: ["round", "GET"] } }]);
    await place.run(["record", "-o", "sampled.hindcast", "--", process.execPath, "client.cjs"], "", {
      HINDCAST_PIPELINE: stages,
    });
    const traces = await rowsOf(
      "sampled.hindcast",
      `SELECT spans::VARCHAR AS spans, logs::INTEGER AS logs, count(*)::INTEGER AS n FROM (
        SELECT s.trace_id, string_agg(s.name, ' ' ORDER BY s.name) AS spans, (SELECT count(*) FROM logs AS l WHERE l.trace_id = s.trace_id) AS logs
        FROM spans AS s WHERE s.name IN ('GET', 'round', 'work') GROUP BY s.trace_id) GROUP BY ALL`,
    );
    const [{ n } = { n: 0 }] = traces;
    expect(traces).toEqual([{ spans: "GET GET round work", logs: 2, n: expect.any(Number) }]);
    expect(Number(n)).toBeGreaterThan(10);
    expect(Number(n)).toBeLessThan(50);
    const [told] = await rowsOf(
      "sampled.hindcast",
      "SELECT sum(lost)::INTEGER AS lost FROM marks WHERE reason = 'filtered'",
    );
    // On a busy machine also spans of the event loop's blocks inside of them.
    expect(Number(told?.["lost"])).toBeGreaterThanOrEqual((60 - Number(n)) * 6);
  });

  it("takes the option before the environment, and that before the nearest file", async () => {
    mkdirSync(place.path("below/deeper"), { recursive: true });
    const dropping = (name: string): Pipeline => [{ stage: "drop", where: { kind: "event", name } }];
    write(
      "three.cjs",
      `const { event } = require("hindcast"); for (const name of ["file", "environment", "option"]) event(name, {});`,
    );
    write("below/hindcast.config.mjs", `export default { pipeline: ${JSON.stringify(dropping("file"))} };`);
    write("below/package.json", "{}");
    write("option.json", JSON.stringify({ pipeline: dropping("option") }));
    const environment = { HINDCAST_PIPELINE: JSON.stringify(dropping("environment")) };
    const kept = async (
      file: string,
      options: readonly string[],
      given: Record<string, string>,
    ): Promise<unknown[]> => {
      const command = ["record", "-o", place.path(file), ...options, "--", process.execPath, place.path("three.cjs")];
      await place.run(command, "", given, place.path("below/deeper"));
      const rows = await rowsOf(file, "SELECT name FROM events WHERE name NOT LIKE 'hindcast.%' ORDER BY seq");
      return rows.map(({ name }) => name);
    };
    expect(await kept("file.hindcast", [], {})).toEqual(["environment", "option"]);
    const shown = ["run", "--no-open", "-o", place.path("said.hindcast"), "--", "no-such-command-at-all"];
    const { err } = await place.run(shown, "", {}, place.path("below/deeper"));
    expect(err).toContain(`Hindcast: what is recorded goes through ${place.path("below/hindcast.config.mjs")}\n`);
    expect(await kept("environment.hindcast", [], environment)).toEqual(["file", "option"]);
    expect(await kept("option.hindcast", ["--config", place.path("option.json")], environment)).toEqual([
      "file",
      "environment",
    ]);
  });

  it("is read from TypeScript by `record`, with the project's own `typescript` where Node.js has no types to take out", async () => {
    const dropped = 'const dropped: string = "file";\ninterface Config { readonly pipeline: readonly object[] }\n';
    const config =
      'export default { pipeline: [{ stage: "drop", where: { kind: "event", name: dropped } }] } as Config;\n';
    write("typed/hindcast.config.ts", dropped + config);
    write("typed/package.json", "{}");
    write(
      "typed/two.cjs",
      `const { event } = require("hindcast"); for (const name of ["file", "other"]) event(name, {});`,
    );
    symlinkSync(resolve("node_modules"), place.path("typed/node_modules"));
    const command = ["record", "-o", place.path("typed.hindcast"), "--", process.execPath, "two.cjs"];
    const { code, err } = await place.run(command, "", {}, place.path("typed"));
    expect([code, err]).toEqual([0, ""]);
    const names = await rowsOf("typed.hindcast", "SELECT name FROM events WHERE name NOT LIKE 'hindcast.%'");
    expect(names).toEqual([{ name: "other" }]);
    expect(await leftOut("typed.hindcast")).toEqual([expect.objectContaining({ lost: 1 })]);
  });

  it("asks functions of the user's own, and none that failed again", async () => {
    write(
      "own.cjs",
      `const { event, span } = require("hindcast");
      for (let n = 0; n < 5; n++) event("order", { n, who: "Ann" });
      span("quick", {}, () => undefined);
      span("with something inside", {}, () => event("order", { n: 9 }));
      console.log(Object.keys(require.cache).some((path) => path.includes("mask")));`,
    );
    write(
      "stages/mask.cjs",
      `module.exports = ({ attributes }) => attributes.n !== 3 && { attributes: { ...attributes, who: "somebody" } };`,
    );
    write("stages/bad.mjs", `export default () => { throw new Error("not today"); };`);
    const pipeline = [
      { stage: "custom", module: "./stages/mask.cjs", where: { kind: "event" } },
      { stage: "custom", module: "./stages/bad.mjs" },
      { stage: "custom", module: "./stages/none.cjs" },
      { stage: "drop-short", milliseconds: 10_000 },
    ];
    write("own.json", JSON.stringify({ pipeline }));
    const command = ["record", "-o", "own.hindcast", "--config", "own.json", "--", process.execPath, "own.cjs"];
    const { code, out, err } = await place.run(command);
    expect([code, out, err]).toEqual([0, "false\n", ""]);
    const kept = await rowsOf(
      "own.hindcast",
      `SELECT attributes->>'$.n' AS n, attributes->>'$.who' AS who, span_id IS NOT NULL AS inside
       FROM events WHERE name = 'order' ORDER BY seq`,
    );
    expect(kept).toEqual([
      ...["0", "1", "2", "4"].map((n) => ({ n, who: "somebody", inside: false })),
      { n: "9", who: "somebody", inside: true },
    ]);
    expect(
      await rowsOf("own.hindcast", "SELECT name FROM spans WHERE name IN ('quick', 'with something inside')"),
    ).toEqual([{ name: "with something inside" }]);
    const failed = await rowsOf(
      "own.hindcast",
      `SELECT attributes->>'$.stage' AS stage, attributes->>'$.reason' AS reason
       FROM events WHERE name = 'hindcast.pipeline.stage-failed' ORDER BY stage`,
    );
    expect(failed).toEqual([
      { stage: "2 custom bad.mjs", reason: "Error: not today" },
      { stage: "3 custom none.cjs", reason: expect.stringContaining("Cannot find module") },
    ]);
    expect(await leftOut("own.hindcast")).toContainEqual({
      label: "left out by stage 1 custom mask.cjs event (1 event)",
      lost: 1,
    });
  });

  it("keeps no program from running because of a file that lies there, and reads that when it is right", async () => {
    mkdirSync(place.path("wrong here"));
    write("wrong here/hindcast.config.json", `{ "pipeline": [{ "stage": "drip" }] }`);
    const command = ["record", "-o", place.path("found.hindcast"), "--", process.execPath, "-p", "'ran'"];
    const { code, out, err } = await place.run(command, "", {}, place.path("wrong here"));
    expect([code, out]).toEqual([0, "ran\n"]);
    expect(err).toContain(
      `hindcast: ${place.path("wrong here/hindcast.config.json")} is not used, so everything is recorded as it is: 1:27: pipeline[0].stage expected`,
    );
  });

  it("says where a stage is wrong, and starts nothing", async () => {
    write(
      "wrong.json",
      `{\n  "pipeline": [\n    { "stage": "drop" },\n    { "stage": "sample", "ratio": 2 },\n    { "stage": "drop", "where": { "knid": "log" } }\n  ]\n}`,
    );
    const { code, out, err } = await place.run([
      "record",
      "-o",
      "wrong.hindcast",
      "--config",
      "wrong.json",
      "--",
      process.execPath,
      "-e",
      "console.log('ran')",
    ]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(`${place.path("wrong.json")}:4:35: pipeline[1].ratio`);
    expect(err).toContain(`:5:43: pipeline[2].where.knid is not known here`);
    const environment = await place.run(["record", "-o", "wrong.hindcast", "--", process.execPath, "-e", "1"], "", {
      HINDCAST_PIPELINE: "[{]",
    });
    expect([environment.code, environment.err]).toEqual([
      1,
      expect.stringContaining("HINDCAST_PIPELINE:1:3: this is not JSON"),
    ]);
  });
});
