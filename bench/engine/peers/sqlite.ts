// Writes as rows of an SQLite table with an index by place and position: what a property, element or entry held at an instant
// is the last row of its place that is not later, found by the index; so is which places an object has.
// The package is the benchmark's own: without it there are no figures of this peer.
import { existsSync, statSync } from "node:fs";
import * as v from "valibot";
import { type CapturedValue, type Entry, type ObjectContents, objectId } from "../../../src/shared/trace/value.js";
import type { WriteOperation } from "../../../src/shared/trace/write.js";
import type { NumberedWrite, Peer, PeerState } from "./peer.js";

interface Statement {
  run(...values: readonly unknown[]): unknown;
  all(...values: readonly unknown[]): unknown[];
  get(...values: readonly unknown[]): unknown;
}
interface Database {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  pragma(text: string): unknown;
  close(): unknown;
}
const sqliteModule = v.object({ default: v.custom<new (path: string) => Database>((it) => typeof it === "function") });
const place = v.object({ key: v.string(), value: v.nullable(v.string()) });
const found = v.optional(v.object({ value: v.nullable(v.string()) }));

/** Undefined where it is not installed. */
export async function openSqlite(path: string): Promise<Peer | undefined> {
  // Not by a literal: types are checked, and everything else is measured, without it.
  const packageName = "better-sqlite3";
  const loaded: unknown = await import(packageName).catch(() => undefined);
  if (loaded === undefined) return undefined;
  const { default: Sqlite } = v.parse(sqliteModule, loaded);
  return new SqliteWrites(path, new Sqlite(path));
}

/** Scopes are places of no object; what an object is, is said at a place that no key names. */
const scopes = 0;
const self = "\u0000";

const placesSql = `
  WITH RECURSIVE place(key) AS (
    SELECT min(key) FROM write WHERE object = :object
    UNION ALL SELECT (SELECT min(key) FROM write WHERE object = :object AND key > place.key) FROM place WHERE key IS NOT NULL)
  SELECT key, (SELECT value FROM write WHERE object = :object AND key = place.key AND seq <= :seq ORDER BY seq DESC LIMIT 1) AS value
  FROM place WHERE key IS NOT NULL`;

class SqliteWrites implements Peer {
  readonly name = "sqlite";
  readonly mostLooks = Number.POSITIVE_INFINITY;
  readonly #places: Statement;
  readonly #scope: Statement;
  readonly #insert: Statement;

  constructor(
    readonly path: string,
    readonly database: Database,
  ) {
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = NORMAL");
    database.pragma("cache_size = -262144");
    database.pragma("wal_autocheckpoint = 65536");
    database.exec(`CREATE TABLE write (seq INTEGER, instant INTEGER, location INTEGER, object INTEGER, key TEXT, value TEXT);
      CREATE INDEX write_by_place ON write (object, key, seq)`);
    this.#insert = database.prepare(`INSERT INTO write VALUES (?, ?, 1, ?, ?, ?)`);
    this.#places = database.prepare(placesSql);
    this.#scope = database.prepare(
      `SELECT value FROM write WHERE object = ${scopes} AND key = ? AND seq <= ? ORDER BY seq DESC LIMIT 1`,
    );
  }

  append(writes: readonly NumberedWrite[]): void {
    this.database.exec("BEGIN");
    for (const { write, operation } of writes)
      for (const [object, key, value] of placesOf(operation))
        this.#insert.run(write, write * 10_000, object, key, value);
    this.database.exec("COMMIT");
  }

  finish(): void {
    this.database.pragma("wal_checkpoint(TRUNCATE)");
  }

  stateAfter(seq: number): PeerState {
    return {
      scope: (name) => {
        const row = v.parse(found, this.#scope.get(name, seq));
        return row?.value === undefined || row.value === null ? undefined : valueFrom(row.value);
      },
      contentsOf: (id) => contentsFrom(this.#places.all({ object: id, seq }).map((row) => v.parse(place, row))),
    };
  }

  fileBytes(): number {
    const log = `${this.path}-wal`;
    return statSync(this.path).size + (existsSync(log) ? statSync(log).size : 0);
  }

  close(): void {
    this.database.close();
  }
}

type Place = readonly [object: number, key: string, value: string | null];

/** Of the operations that the benchmark's program makes. */
function placesOf(operation: WriteOperation): readonly Place[] {
  switch (operation.kind) {
    case "set":
      return [[operation.target, operation.key, textFrom(operation.value)]];
    case "map-set":
      return [[operation.target, nameOf(operation.key), textFrom(operation.value)]];
    case "map-delete":
      return [[operation.target, nameOf(operation.key), null]];
    case "splice":
      if (operation.deleteCount !== operation.elements.length) break;
      return operation.elements.map((value, at) => [operation.target, String(operation.start + at), textFrom(value)]);
    case "scope":
      return [[scopes, operation.scope, textFrom(operation.value)]];
    case "contents":
      return [
        [operation.target, self, operation.contents.kind],
        ...entriesOf(operation.contents).map(([key, value]): Place => [operation.target, key, textFrom(value)]),
      ];
    default:
  }
  throw new Error(`no program of the benchmark makes ${JSON.stringify(operation)}`);
}

function entriesOf(contents: ObjectContents): readonly Entry[] {
  if (contents.kind === "object") return contents.entries;
  if (contents.kind === "map") return contents.pairs.map(([key, value]) => [nameOf(key), value]);
  if (contents.kind === "array") return contents.elements.map((value, at) => [String(at), value]);
  throw new Error(`no program of the benchmark has a ${contents.kind}`);
}

function contentsFrom(places: readonly v.InferOutput<typeof place>[]): ObjectContents | undefined {
  const kind = places.find(({ key }) => key === self)?.value;
  const entries = places.flatMap(({ key, value }): Entry[] =>
    value === null || key === self ? [] : [[key, valueFrom(value)]],
  );
  if (kind === "object") return { kind, className: "Object", entries };
  if (kind === "map")
    return {
      kind,
      className: "Map",
      pairs: entries.map(([key, value]) => [{ kind: "primitive", value: key }, value]),
    };
  if (kind !== "array") return undefined;
  const elements = entries.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
  return { kind, className: "Array", elements, entries: [] };
}

const nameOf = (key: CapturedValue): string => (key.kind === "primitive" ? String(key.value) : "");

/** JSON; a reference is its object's number after an @, which no JSON begins with. */
const textFrom = (value: CapturedValue): string =>
  value.kind === "object" ? `@${value.id}` : JSON.stringify(value.kind === "primitive" ? value.value : null);

const primitive = v.union([v.string(), v.number(), v.boolean(), v.null()]);
const valueFrom = (text: string): CapturedValue =>
  text.startsWith("@")
    ? { kind: "object", id: objectId(Number(text.slice(1))) }
    : { kind: "primitive", value: v.parse(primitive, JSON.parse(text)) };
