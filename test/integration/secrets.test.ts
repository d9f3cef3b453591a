// Nothing that is known to be a secret leaves the program: more than forty kinds of them are put into everything a program
// can record, and then looked for, in every form they could be written, in every place a recording leaves bytes in.
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, describe, expect, it } from "vitest";
import * as v from "valibot";
import { Place } from "./hindcast-process.js";
import { type Planted, formsOf, plantedSecrets } from "./planted-secrets.js";

const program = join(process.cwd(), "test/programs/secrets.mjs");
const ledger = join(process.cwd(), "examples/ledger/server.mjs");
const places: Place[] = [];
afterAll(() => places.forEach((place) => place.remove()));

/** A haystack: where it came from, and its bytes as text, one byte a unit. */
interface Found {
  readonly where: string;
  readonly text: string;
}

interface Recorded {
  readonly place: Place;
  readonly file: string;
  readonly haystacks: readonly Found[];
}

const { shaped, named } = plantedSecrets(Number(process.env["SECRETS_SEED"] ?? 7));
const needles = new Map<string, string>();
const note = (kind: string, secrets: readonly string[]): void => {
  for (const secret of secrets) for (const form of formsOf(secret)) needles.set(form, kind);
};
for (const { kind, secrets } of shaped) note(kind, secrets);
for (const { name, secret } of named) note(name, [secret]);
note("inside of credentials", ["nobody-guesses-this-one"]);
note("card as a number", ["4111111111111111"]);

/** Needles by a cheap hash of how they begin: a recording is long, and each place in it is looked at once. */
const beginnings = new Map<number, string[]>();
const begins = new Uint8Array(65_536);
const hashAt = (text: string, at: number): number => {
  let hash = 0;
  for (let i = at; i < at + 4; i++) hash = (hash * 31 + text.charCodeAt(i)) & 0xffff;
  return hash;
};
for (const needle of needles.keys()) {
  const hash = hashAt(needle, 0);
  begins[hash] = 1;
  beginnings.set(hash, [...(beginnings.get(hash) ?? []), needle]);
}

/** The kinds of secrets that are in it, by the place they are in, each with what was found of it. */
function leaksIn(haystacks: readonly Found[]): Map<string, Map<string, string>> {
  const leaks = new Map<string, Map<string, string>>();
  for (const { where, text } of haystacks)
    for (let at = 0; at + 4 <= text.length; at++) {
      const hash = hashAt(text, at);
      if (begins[hash] !== 1) continue;
      for (const needle of beginnings.get(hash) ?? [])
        if (text.startsWith(needle, at))
          leaks.set(where, (leaks.get(where) ?? new Map<string, string>()).set(needles.get(needle) ?? "", needle));
    }
  return leaks;
}

/** Every column of every table and view. */
async function columnsOf(file: string): Promise<Found[]> {
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    const tables = await connection.runAndReadAll(
      `SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' ORDER BY 1`,
    );
    const found: Found[] = [];
    for (const table of tables.getColumnsJson()[0] ?? []) {
      if (typeof table !== "string") continue;
      const rows = await connection.runAndReadAll(`SELECT * FROM "${table}"`);
      const columns = rows.getColumnsJson();
      rows.columnNames().forEach((column, at) => {
        const cells = (columns[at] ?? []).map((cell) => (typeof cell === "string" ? cell : JSON.stringify(cell)));
        found.push({ where: `${table}.${column}`, text: cells.join("\n") });
      });
    }
    return found;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const rawOf = (where: string, path: string): Found => ({ where, text: readFileSync(path).toString("latin1") });

const outsideOf = new Set(["plan.json", "ready"]);
/** All files below the place but what the test itself put there. */
function filesIn(place: Place): Found[] {
  const folder = place.root;
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && !outsideOf.has(relative(folder, path)))
    .map((path) => rawOf(relative(folder, path), path));
}

const summary = v.object({
  start: v.string(),
  end: v.string(),
  processes: v.array(v.object({ process: v.number(), redactions: v.optional(v.record(v.string(), v.number())) })),
});

async function printedOf(place: Place, file: string): Promise<Found[]> {
  const info = await place.run(["info", file, "--json"]);
  const { end } = v.parse(summary, JSON.parse(info.out));
  const state = ["--scope", "state"];
  const commands = [
    ["info", file],
    ["state", file, ...state, "--at", end],
    ["state", file, ...state, "--at", end, "--json"],
    ["history", file, ...state, "--path", "", "--json"],
    ["last-writer", file, ...state, "--path", "text", "--at", end, "--json"],
    ["diff", file, ...state, "--from", "+0ms", "--to", end],
    ["around", file, "--at", end],
    ["open-spans", file, "--at", end, "--json"],
    ["events", file],
    ["logs", file],
    ...["events", "spans", "logs", "metrics", "marks"].map((name) => [name, file, "--json"]),
  ];
  const found: Found[] = [{ where: "hindcast info --json", text: Buffer.from(info.out).toString("latin1") }];
  for (const command of commands) {
    const { code, out, err } = await place.run(command);
    expect([command.join(" "), code, err]).toEqual([command.join(" "), 0, ""]);
    found.push({ where: `hindcast ${command.join(" ")}`, text: Buffer.from(out).toString("latin1") });
  }
  return found;
}

/** Each kind is in each of these when nothing is redacted. */
const placesOfAll = [
  "events.attributes",
  "log.body",
  "log.attributes",
  "span.attributes",
  "spans.name",
  "name.text",
  "write.value",
  "keyframe.contents",
];
/** And each that is told by its form in these: a name is no secret itself. */
const placesOfNames = ["events.name", "metrics.name", "write.key"];

const firstPlanted = (kind: string): Planted => {
  const found = shaped.find((planted) => planted.kind === kind);
  if (found === undefined) throw new Error(`nothing of ${kind}`);
  return found;
};

/** `end`: let the program end, or kill it, the engine and the command line where they are. */
async function recordPlanted(options: readonly string[], end: "in order" | "killed"): Promise<Recorded> {
  const place = new Place();
  places.push(place);
  const [file, plan, ready] = [place.path("planted.hindcast"), place.path("plan.json"), place.path("ready")];
  writeFileSync(plan, JSON.stringify({ shaped, named }));
  const [first] = named;
  if (first === undefined) throw new Error("nothing planted");
  const flags = ["--password", first.secret, `--api-key=${named[7]?.secret ?? ""}`, firstPlanted("GitHub").text];
  const execArgv = [`--title=${firstPlanted("npm").text}`];
  // PWD is the shell's working folder and stays what it is.
  const environment = Object.fromEntries(
    named.map(({ name, secret }) => [name === "pwd" ? "USER_PWD" : name.replaceAll("-", "_").toUpperCase(), secret]),
  );
  const running = place.start(["record", "-o", file, ...options, "--", "node", ...execArgv, program, ...flags], {
    ...environment,
    PLAN_FILE: plan,
    READY_FILE: ready,
  });
  while (!existsSync(ready)) {
    if (running.child.exitCode !== null) throw new Error((await running.ended).err);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const during = filesIn(place);
  if (end === "in order") running.child.stdin.end();
  else {
    // The program is called by its title, which is a secret, too.
    const pids = [place.pidOf(/engine-process/), place.pidOf(/^npm_/)];
    running.child.kill("SIGKILL");
    for (const pid of pids) process.kill(pid, "SIGKILL");
  }
  const { code, out, err } = await running.ended;
  expect(code).toBe(end === "in order" ? 3 : null);
  const haystacks = [
    ...during.map(({ where, text }) => ({ where: `${where} while recording`, text })),
    ...filesIn(place).map(({ where, text }) => ({ where: `${where} ${end}`, text })),
    { where: "what hindcast record printed", text: out + err },
    ...(await columnsOf(file)),
  ];
  return { place, file, haystacks };
}

describe("secrets that a program handles", () => {
  it("are of more than forty kinds here", () => {
    expect(shaped.length + named.length).toBeGreaterThan(90);
    expect(new Set(shaped.flatMap(({ secrets }) => secrets)).size).toBeGreaterThan(60);
  });

  it("are nowhere in its recording, in no file beside it, and in nothing any command prints of it", async () => {
    const { place, file, haystacks } = await recordPlanted([], "in order");
    expect(haystacks.some(({ where }) => /\.wal while recording$/.test(where))).toBe(true);
    expect(leaksIn([...haystacks, ...(await printedOf(place, file))])).toEqual(new Map());

    // What was taken out is there by another name: the same one each time, counted by kind.
    const { processes } = v.parse(summary, JSON.parse((await place.run(["info", file, "--json"])).out));
    const kinds = Object.keys(processes[0]?.redactions ?? {});
    expect(kinds.length).toBeGreaterThan(40);
    expect(kinds).toEqual(expect.arrayContaining(["password", "cookie", "jwt", "card", "private-key", "url-password"]));
    const history = await place.run(["history", file, "--scope", "state", "--path", "vault.password", "--json"]);
    const pseudonyms = new Set(history.out.match(/\[redacted:password#[0-9a-f]{12}\]/g));
    expect(pseudonyms.size).toBe(2);
  }, 300_000);

  it("are all found by the same search in a recording made with --redact off", async () => {
    const { haystacks } = await recordPlanted(["--redact", "off"], "killed");
    const leaks = leaksIn(haystacks);
    const missedIn = (where: string, kinds: readonly string[]): string[] =>
      kinds.filter((kind) => leaks.get(where)?.has(kind) !== true).map((kind) => `${kind} in ${where}`);
    const byForm = shaped.map(({ kind }) => kind);
    const all = [...byForm, ...named.map(({ name }) => name)];
    const missed = [
      ...placesOfAll.flatMap((where) => missedIn(where, all)),
      ...placesOfNames.flatMap((where) => missedIn(where, byForm)),
    ];
    expect(missed).toEqual([]);
    // A few each, and what the database had not packed yet.
    for (const where of ["process.argv", "process.exec_argv"]) expect([where, leaks.has(where)]).toEqual([where, true]);
    for (const when of ["while recording", "killed"])
      expect(leaks.get(`planted.hindcast.wal ${when}`)?.size ?? 0, when).toBeGreaterThan(40);
  });

  it("are not in what a kill of everything leaves behind", async () => {
    const { haystacks } = await recordPlanted(["--spill", "64MB"], "killed");
    expect(haystacks.map(({ where }) => where)).toContain("planted.hindcast.wal killed");
    expect(leaksIn(haystacks)).toEqual(new Map());
  });
});

describe("a program that handles no secrets", () => {
  it("has nothing redacted: the ledger under load", async () => {
    const place = new Place();
    places.push(place);
    const file = place.path("ledger.hindcast");
    const { code } = await place.run([
      "record",
      "-o",
      file,
      "--",
      "node",
      ledger,
      "--load",
      "3",
      "--seed",
      "3",
      "--rate",
      "40",
    ]);
    expect(code).toBe(0);
    const columns = await columnsOf(file);
    const cells = columns.reduce((count, { text }) => count + text.split("\n").length, 0);
    expect(cells).toBeGreaterThan(5000);
    expect(columns.filter(({ text }) => text.includes("[redacted:")).map(({ where }) => where)).toEqual([]);
  });
});
