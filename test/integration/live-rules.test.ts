// Rules over a real program while it is recorded, from the command line: what they tell is what a back-test says, an engine that is
// killed tells nothing twice, and files are watched.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EngineChild } from "../../src/serve/engine-child.js";
import { steadyCallTo } from "../../src/serve/steady-call.js";
import type { CallArgs, CallResult, EngineCallName } from "../../src/shared/protocol/engine-calls.js";
import type { Call } from "../../src/shared/protocol/rpc.js";
import { Place } from "./hindcast-process.js";

/** Errors in bursts of a second, each second one; `beats` of them. */
const program = (beats: number): string => `const { event, metric } = require("hindcast");
  let n = 0;
  const timer = setInterval(() => {
    const beat = Math.floor(n / 10);
    if (beat % 2 === 1) console.error("refused", n);
    if (n % 7 === 0) event("paid", { order: n });
    metric("orders.waiting", beat % 3 === 0 ? 9 : 1);
    if (++n === ${beats} * 10) clearInterval(timer);
  }, 100);`;
const rules = `rule "refusals" by service cooldown 1s label team = "core" { when count(log where level == "error", 1s) > 3 then { alert("refused in \${service}") } }
rule "paid" { when count(event where name == "paid", 10s) >= 1 then { mark("paid") } }
rule "waiting" severity low { when orders.waiting > 5 then { log("\${orders.waiting} wait") } }
rule "huge" { when heap.used > 1TB then { alert("x") } }
`;

type Row = Readonly<Record<string, unknown>>;
const rowsOf = (text: string): Row[] =>
  text
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Row);

interface Listed {
  readonly id: string;
  readonly rule: string;
  readonly state: string;
  readonly count: number;
  readonly group: Row;
  readonly firings: readonly { readonly at: string; readonly recovered?: string; readonly said: readonly string[] }[];
}

describe("hindcast record --rules", () => {
  const place = new Place();
  afterAll(() => place.remove());
  const file = (name: string, text: string): void => writeFileSync(place.path(name), text);
  const listed = async (name: string): Promise<readonly Listed[]> =>
    rowsOf((await place.run(["alerts", name, "--json"])).out) as unknown as readonly Listed[];

  it("tells what a back-test says, keeps it in the recording, and lets people answer", async () => {
    mkdirSync(place.path("rules"));
    file("rules/live.rules", rules);
    file("rules/notes.txt", "no rules");
    const recorded = await place.run([
      "record",
      "-o",
      "a.hindcast",
      "--rules",
      "rules",
      "--",
      process.execPath,
      "-e",
      program(6),
    ]);
    expect([recorded.code, recorded.err.split("\n").filter((line) => !line.startsWith("refused"))]).toEqual([0, [""]]);
    const past = rowsOf((await place.run(["backtest", "rules/live.rules", "a.hindcast", "--json"])).out);
    const live = (await listed("a.hindcast")).flatMap(({ rule, group, firings }) =>
      firings.flatMap(({ at, recovered, said }) => [
        { rule, group, kind: "fired", instant: at, said },
        ...(recovered === undefined ? [] : [{ rule, group, kind: "recovered", instant: recovered, said: [] }]),
      ]),
    );
    const key = (row: Row): string => `${String(row["instant"])} ${String(row["rule"])}`;
    const sorted = (rows: readonly Row[]) => [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1));
    expect(past.length).toBeGreaterThan(4);
    expect(sorted(live)).toEqual(sorted(past.map(({ recording: _recording, ...row }) => row)));

    const [first] = await listed("a.hindcast");
    const id = first?.id ?? "";
    const acknowledged = await place.run([
      "alerts",
      "a.hindcast",
      "--note",
      id.slice(0, 8),
      "--text",
      "seen",
      "--author",
      "me",
    ]);
    expect([acknowledged.code, acknowledged.err]).toEqual([0, ""]);
    expect((await place.run(["alerts", "a.hindcast", "--resolve", id.slice(0, 8), "--author", "me"])).code).toBe(0);
    const again = await place.run(["alerts", "a.hindcast", "--acknowledge", id]);
    expect([again.code, again.err.split("\n")[0]]).toEqual([
      1,
      "hindcast: That cannot be done to the alert: it is resolved already.",
    ]);
    const text = (await place.run(["alerts", "a.hindcast"])).out;
    expect(text).toMatch(new RegExp(`^${id.slice(0, 8)}  resolved by me .*\\n    me: seen$`, "m"));

    // They leave with it, whole or as a stretch.
    expect((await place.run(["copy", "a.hindcast", "-o", "b.hindcast"])).code).toBe(0);
    expect(await listed("b.hindcast")).toEqual(await listed("a.hindcast"));
    expect((await place.run(["export", "a.hindcast", "-o", "c.hindcast", "--from", "+0s", "--to", "+2s"])).code).toBe(
      0,
    );
    expect((await listed("c.hindcast")).map(({ rule }) => rule).sort()).toContain("paid");
    expect((await listed("c.hindcast")).length).toBeLessThanOrEqual((await listed("a.hindcast")).length);
  });

  it("calls a webhook once for each incident, and keeps what became of it", async () => {
    const got: string[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (part: string) => (body += part));
      request.on("end", () => {
        got.push(body);
        response.end();
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    mkdirSync(place.path("data/hindcast"), { recursive: true });
    file("data/hindcast/webhooks.json", JSON.stringify({ ops: { url: `http://127.0.0.1:${port}/` } }));
    file(
      "hooks.rules",
      'rule "called" { when count(log where level == "error", 1s) > 3 then { webhook("ops", "refused") webhook("none") } }\n',
    );
    try {
      const recorded = await place.run([
        "record",
        "-o",
        "h.hindcast",
        "--rules",
        "hooks.rules",
        "--",
        process.execPath,
        "-e",
        program(4),
      ]);
      expect(recorded.code).toBe(0);
    } finally {
      server.close();
    }
    const [called] = rowsOf((await place.run(["alerts", "h.hindcast", "--json"])).out);
    const firings = called?.["firings"] as readonly { readonly outcomes: unknown }[];
    expect(firings.length).toBeGreaterThan(0);
    expect(got).toHaveLength(firings.length);
    expect(got.map((body) => (JSON.parse(body) as Row)["message"])).toEqual(firings.map(() => "refused"));
    for (const { outcomes } of firings)
      expect(outcomes).toEqual([
        { action: "webhook ops", done: true, what: "it answered 200" },
        {
          action: "webhook none",
          done: false,
          what: expect.stringContaining("has no webhook of this name") as unknown,
        },
      ]);
    expect((await place.run(["alerts", "h.hindcast"])).out).toContain("    webhook none was not done: ");
  });

  it("begins nothing where a rule has an error, or asks for what is not done while a program runs", async () => {
    file("wrong.rules", "when heap.used > { mark() }\n");
    const wrong = await place.run([
      "record",
      "-o",
      "w.hindcast",
      "--rules",
      "wrong.rules",
      "--",
      process.execPath,
      "-e",
      "0",
    ]);
    expect([wrong.code, wrong.err.split("\n")[0]]).toEqual([
      1,
      'hindcast: These rules cannot be evaluated: wrong.rules:1:18: a value is missing after >, before "{".',
    ]);
    file("undone.rules", "when heap.used > 1MB { snapshot() }\n");
    const undone = await place.run(["validate", "undone.rules"]);
    expect([undone.code, undone.out]).toEqual([
      1,
      "undone.rules:1:24: snapshot cannot be done while a program runs so far\n",
    ]);
    expect(
      (await place.run(["record", "-o", "w.hindcast", "--rules", "none", "--", process.execPath, "-e", "0"])).code,
    ).toBe(1);
  });

  it("evaluates what a file says once it is saved anew", async () => {
    file("later.rules", 'rule "early" { when orders.waiting > 100 then { alert("never") } }\n');
    const running = place.start([
      "record",
      "-o",
      "l.hindcast",
      "--rules",
      "later.rules",
      "--",
      process.execPath,
      "-e",
      program(8),
    ]);
    await running.printed(/refused/);
    file("later.rules", 'rule "late" { when count(log, 1s) > 2 then { alert("logs") } }\n');
    expect((await running.ended).code).toBe(0);
    const found = await listed("l.hindcast");
    expect(found.map(({ rule }) => rule)).toEqual(["late"]);
  });
});

describe("rules of a recording whose engine is killed", () => {
  let folder: string;
  let engine: EngineChild;
  let call: Call;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
    mkdirSync(join(folder, "tmp"));
    vi.stubEnv("TMPDIR", join(folder, "tmp"));
    const entry = fileURLToPath(new URL("../../out/node/engine-process.js", import.meta.url));
    const environment = { ...process.env, XDG_DATA_HOME: join(folder, "data"), XDG_STATE_HOME: join(folder, "state") };
    engine = new EngineChild({ entry, environment });
    call = steadyCallTo(engine);
  });
  afterEach(async () => {
    await engine.stop();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
  async function ask<Name extends EngineCallName>(name: Name, args: CallArgs<Name>): Promise<CallResult<Name>> {
    const answer = await call(name, args);
    if (!answer.ok) throw new Error(JSON.stringify(answer.error));
    return answer.value;
  }

  it("tell each incident once, and what the back-test says", async () => {
    const created = await ask("recording.create", { path: join(folder, "a.hindcast"), capture: {} });
    const { recordingId } = created.summary;
    await ask("rules.setLive", { recordingId, files: [{ path: "live.rules", source: rules }] });
    const child = spawn(process.execPath, ["-e", program(14)], {
      env: { ...process.env, ...created.environment },
      stdio: "ignore",
    });
    const ended = once(child, "exit");
    for (let kills = 0; kills < 3; kills++) {
      await wait(3000);
      const { pid } = engine;
      process.kill(pid ?? 0, "SIGKILL");
      while (engine.pid === pid) await wait(5);
    }
    await ended;
    const before = await ask("alerts.list", { recordingId });
    await ask("recording.stop", { recordingId });
    const { alerts, firings } = await ask("alerts.list", { recordingId });
    expect(before.firings.length).toBeGreaterThan(2);
    const { start, end } = await ask("recording.summary", { recordingId });
    const past = await ask("rules.backtest", { recordingId, source: rules, name: "live", from: start, to: end });
    const fired = past.outcomes.filter(({ kind }) => kind === "fired").map(({ rule, instant }) => `${rule} ${instant}`);
    const ruleOf = new Map(alerts.map(({ id, rule }) => [id, rule]));
    expect(firings.map(({ alert, at }) => `${ruleOf.get(alert)} ${at}`).sort()).toEqual(fired.sort());
    const told = await ask("rules.live", { recordingId });
    expect([told.late, told.trouble, told.rules.length]).toEqual([0, undefined, 4]);
  });
});
