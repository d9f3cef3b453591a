// A recording with a secret in every place that a recording has for texts, and all that can be read of a file that somebody gets.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { AgentRecord, AgentRecordBody } from "../shared/protocol/agent-records.js";
import type { Hello } from "../shared/protocol/agent-wire.js";
import { type CapturedValue, type ObjectContents, objectId } from "../shared/trace/value.js";
import type { WriteOperation } from "../shared/trace/write.js";
import { RecordMaker } from "./socket-agent.test-support.js";
import { cellsOf } from "./store/file-cells.test-support.js";

const text = (value: string): CapturedValue => ({ kind: "primitive", value });
const object = (id: number): CapturedValue => ({ kind: "object", id: objectId(id) });

/** What is looked for afterwards, by where it was planted. */
export class Planted {
  readonly #secrets = new Map<string, string>();

  get all(): ReadonlyMap<string, string> {
    return this.#secrets;
  }

  /** Told by its form. */
  token(where: string): string {
    return this.#add(where, `ghp_${String(this.#secrets.size).padStart(3, "0")}${"a1B2c3D4e5F".repeat(3)}`);
  }

  /** Told by the name in front of it. */
  named(where: string): string {
    return this.#add(where, `hunter${this.#secrets.size}two${this.#secrets.size}`);
  }

  /** Told by nobody but who exports. */
  own(where: string): string {
    return this.#add(where, 'Acme & "Rockets"\n');
  }

  #add(where: string, secret: string): string {
    this.#secrets.set(where, secret);
    return secret;
  }
}

/** Who says hello, with all that is said of a process. */
export const plantedHello = (planted: Planted): Partial<Hello> => ({
  argv: ["node", "app.js", "--password", planted.named("argument"), `--url=https://ann:${planted.named("URL")}@here/`],
  execArgv: [`--title=${planted.token("option of Node")}`],
  cwd: `/srv/${planted.token("folder")}`,
  serviceName: `app ${planted.token("service")}`,
  hostName: planted.token("host"),
  settings: {
    level: "requests",
    include: [planted.token("setting")],
    exclude: [],
    writes: true,
  },
});

const ids = { traceId: new Uint8Array(16).fill(1), spanId: new Uint8Array(8).fill(2), parentSpanId: new Uint8Array(8) };

/** Records of three stretches alike, so that one of them can be cut out; state changes in each. */
export function plantedRecords(planted: Planted): readonly AgentRecord[] {
  const maker = new RecordMaker();
  const records: AgentRecord[] = [];
  const add = (body: AgentRecordBody): void => void records.push(maker.make(body));
  const write = (operation: WriteOperation): void =>
    add({ kind: "write", location: 1, span: 1, afterMs: Number.NaN, operation });
  const string = (id: number, where: string, around = ""): void =>
    add({ kind: "string", id, text: `${around}${planted.token(where)}` });
  string(1, "name of an event");
  string(2, "name of a span", "GET /items?token=");
  string(3, "source of a log");
  string(4, "path of a file", "/srv/");
  string(5, "name of a function");
  string(6, "name of a metric");
  string(7, "unit");
  add({ kind: "location", id: 1, file: 4, line: 1, column: 1, functionName: 5 });
  add({ kind: "series", id: 1, name: 6, unit: 7, attributes: { apiKey: planted.named("series") } });
  const contents = (id: number, what: ObjectContents): void =>
    write({ kind: "contents", target: objectId(id), contents: what });
  contents(1, {
    kind: "object",
    className: "Account",
    entries: [
      ["password", text(planted.named("property"))],
      ["pin", { kind: "primitive", value: 4711_815 }],
      ["token", { kind: "primitive", value: 99_887_766 }],
      ["note", text(`${planted.token("value")}\ud800`)],
      ["list", object(2)],
      ["credentials", object(8)],
      ["customer", object(10)],
      ["who", text(planted.own("text of one's own"))],
      [planted.token("key"), { kind: "symbol", description: planted.token("symbol") }],
      ["cut", { kind: "cut", start: `secret=${planted.named("text that was cut")} and more`, length: 500 }],
      ["not", { kind: "unavailable", because: "getter", what: `get ${planted.token("getter")}` }],
    ],
  });
  contents(2, {
    kind: "array",
    className: "Array",
    elements: [object(3), object(4), object(5), object(6), object(7)],
    entries: [],
  });
  contents(3, { kind: "map", className: "Map", pairs: [[text("secret"), text(planted.named("map"))]] });
  contents(4, { kind: "set", className: "Set", members: [text(planted.token("set"))] });
  contents(5, {
    kind: "bytes",
    className: "Buffer",
    length: 50,
    bytes: new Uint8Array(Buffer.from(planted.token("bytes"))),
  });
  contents(6, { kind: "opaque", className: `Wrapper ${planted.token("class that is opaque")}` });
  contents(7, { kind: "object", className: planted.token("class"), entries: [["fine", text("fine")]] });
  // Below a name that is a secret's, and below one that is somebody's own.
  contents(8, {
    kind: "object",
    className: "Plain",
    entries: [
      ["deep", object(9)],
      ["a", text(planted.named("hidden object"))],
    ],
  });
  contents(9, { kind: "array", className: "Array", elements: [text(planted.named("hidden list"))], entries: [] });
  contents(10, {
    kind: "object",
    className: "Customer",
    entries: [
      ["city", text(planted.named("own name"))],
      ["up", object(1)],
    ],
  });
  write({ kind: "scope", scope: "accounts", value: object(1) });
  write({ kind: "scope", scope: planted.token("scope"), value: text(planted.token("value of a scope")) });
  write({ kind: "scope", scope: "password", value: text(planted.named("scope that is a secret")) });
  for (const stretch of [1, 2, 3]) {
    const at = ` (${stretch})`;
    add({
      kind: "span-start",
      span: stretch,
      parent: 0,
      spanKind: "server",
      name: 2,
      ...ids,
      attributes: { cookie: `a=${planted.named(`span${at}`)}` },
    });
    add({
      kind: "event",
      name: 1,
      span: stretch,
      attributes: { environment: { AWS_SECRET_ACCESS_KEY: planted.named(`event${at}`) } },
    });
    add({
      kind: "log",
      severity: 9,
      span: stretch,
      source: 3,
      body: `got ${planted.token(`log${at}`)}\0 of ${planted.own("log")}`,
      attributes: { headers: ["Authorization", `Bearer ${planted.named(`attribute${at}`)}`], password: 12_345_678 },
    });
    add({ kind: "metric", series: 1, value: stretch });
    write({ kind: "set", target: objectId(1), key: "password", value: text(planted.named(`set${at}`)) });
    write({
      kind: "splice",
      target: objectId(2),
      start: 5,
      deleteCount: 0,
      elements: [text(planted.token(`splice${at}`))],
    });
    write({ kind: "map-set", target: objectId(3), key: text("apiKey"), value: text(planted.named(`map-set${at}`)) });
    write({ kind: "map-set", target: objectId(3), key: text(planted.token(`key of a map${at}`)), value: text("x") });
    write({ kind: "set-add", target: objectId(4), member: text(planted.token(`set-add${at}`)) });
    write({ kind: "set", target: objectId(8), key: "more", value: text(planted.named(`hidden set${at}`)) });
    write({ kind: "set", target: objectId(10), key: "street", value: text(planted.named(`own set${at}`)) });
    add({
      kind: "span-end",
      span: stretch,
      status: "ok",
      name: 0,
      attributes: { "url.full": `http://ann:${planted.named(`URL of a span${at}`)}@x/` },
    });
  }
  return records;
}

/** Where each planted secret is that can still be read. */
export async function foundIn(planted: Planted, path: string): Promise<readonly string[]> {
  const files = statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path];
  const found: string[] = [];
  for (const file of files) {
    const readable = [["bytes", readFileSync(file).toString("latin1")], ...(await cellsOf(file))] as const;
    for (const [place, all] of readable)
      for (const [where, secret] of planted.all) {
        const ways = [
          secret,
          JSON.stringify(secret).slice(1, -1),
          Buffer.from(secret).toString("base64").slice(0, -4),
          Buffer.from(secret, "latin1").join(","),
        ];
        if (ways.some((way) => all.includes(way))) found.push(`${where}: ${place}`);
      }
  }
  return found;
}
