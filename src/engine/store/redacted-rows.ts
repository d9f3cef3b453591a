// Rows on their way out of a recording without what is secret in them: which columns hold what, and how many of which kind were
// taken out of which place. The same looks through what would leave before, and then what it would have changed stays.
import { DuckDBDataChunk, type DuckDBType, DuckDBTypeId, type DuckDBValue } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import type { FoundSecrets, RedactAlso, exportPlaces } from "../../shared/protocol/export-calls.js";
import type { Note } from "../../shared/protocol/note-calls.js";
import type { KeptAlerts } from "./alerts.js";
import type { HiddenObjects } from "./hidden-objects.js";
import { RedactedCells } from "./redacted-cells.js";
import { storedOperations } from "./schema.js";

type Place = (typeof exportPlaces)[number];
type CellKind = "text" | "attributes" | "list" | "source" | "hash";

interface TableCells {
  readonly place: Place;
  readonly columns: Readonly<Record<string, CellKind>>;
}

const words = (names: string): Readonly<Record<string, CellKind>> =>
  Object.fromEntries(names.split(" ").map((name) => [name, "text"]));

/** Those with texts of the program's, or of who recorded it; of a new column its table's place is to be said here. */
export const textColumns: Readonly<Record<string, TableCells>> = {
  recording: { place: "processes", columns: { ...words("app_version"), report: "attributes" } },
  name: { place: "names", columns: words("text") },
  scope: { place: "names", columns: words("name") },
  series: { place: "metrics", columns: { attributes: "attributes" } },
  process: {
    place: "processes",
    columns: {
      ...words(
        "run_id service_name cwd node_version v8_version platform arch host_name agent_version signal ending parent_run thread_name",
      ),
      argv: "list",
      exec_argv: "list",
      settings: "attributes",
      report: "attributes",
    },
  },
  event: { place: "events", columns: { attributes: "attributes" } },
  span: { place: "spans", columns: { attributes: "attributes" } },
  log: { place: "logs", columns: { body: "text", attributes: "attributes" } },
  write: { place: "state", columns: words("key value") },
  keyframe: { place: "state", columns: words("contents") },
  mark: { place: "events", columns: words("label reason") },
  source_text: { place: "sources", columns: { hash: "hash", text: "source" } },
  source_version: {
    place: "sources",
    columns: { ...words("file loaded not_instrumented left_out"), hash: "hash", functions: "source" },
  },
};

type Column = readonly DuckDBValue[];

interface Changes {
  /** Columns that have changed. */
  readonly cells: ReadonlyMap<string, Column>;
  /** Rows that stay; undefined: all of them. */
  readonly kept: readonly boolean[] | undefined;
}

export class RedactedRows {
  readonly cells: RedactedCells;
  readonly #hidden: HiddenObjects;
  readonly #scopes: ReadonlyMap<number, string>;
  readonly #found = new Map<string, FoundSecrets[number]>();

  constructor(also: RedactAlso, scopes: ReadonlyMap<number, string>, hidden: HiddenObjects = new Map()) {
    this.cells = new RedactedCells(also);
    this.#scopes = scopes;
    this.#hidden = hidden;
  }

  /** By kind, of each the most first. */
  get found(): FoundSecrets {
    return [...this.#found.values()].sort(
      (a, b) => inOrder(a.kind, b.kind) || b.count - a.count || inOrder(a.place, b.place),
    );
  }

  isHidden(process: number, object: number): boolean {
    return this.#hidden.get(process)?.has(object) === true;
  }

  scopeName(scope: number): string {
    return this.#scopes.get(scope) ?? "";
  }

  /** Counts what `work` takes out. */
  at<Answer>(place: Place, work: () => Answer): Answer {
    const answer = work();
    for (const [kind, count] of this.cells.takeCounts()) {
      const key = `${place} ${kind}`;
      this.#found.set(key, { kind, place, count: (this.#found.get(key)?.count ?? 0) + count });
    }
    return answer;
  }

  notes(notes: readonly Note[]): readonly Note[] {
    return this.at("notes", () =>
      notes.map((note) => ({ ...note, text: this.cells.text(note.text), author: this.cells.text(note.author) })),
    );
  }

  alerts(given: KeptAlerts): KeptAlerts {
    const text = (one: string): string => this.cells.text(one);
    const labels = (one: Readonly<Record<string, string>>): Record<string, string> =>
      Object.fromEntries(Object.entries(one).map(([name, value]) => [name, text(value)]));
    const person = <By extends { readonly by: string }>(one: By | undefined): By | undefined =>
      one && { ...one, by: text(one.by) };
    return this.at("notes", () => ({
      alerts: given.alerts.map(({ acknowledged, resolved, ...one }) => ({
        ...one,
        group: labels(one.group),
        labels: labels(one.labels),
        message: text(one.message),
        notes: one.notes.map((note) => ({ ...note, by: text(note.by), text: text(note.text) })),
        ...(acknowledged && { acknowledged: person(acknowledged) }),
        ...(resolved && { resolved: person(resolved) }),
      })),
      firings: given.firings.map((one) => ({
        ...one,
        said: one.said.map(text),
        outcomes: one.outcomes.map((outcome) => ({ ...outcome, what: text(outcome.what) })),
      })),
      silences: given.silences.map((one) => ({
        ...one,
        labels: labels(one.labels),
        author: text(one.author),
        text: text(one.text),
      })),
    }));
  }

  /** `column`: of `rows` rows, by its name. */
  changed(table: string, column: (name: string) => Column, rows: number): Changes {
    const known = textColumns[table];
    if (known === undefined) return { cells: new Map(), kept: undefined };
    return this.at(known.place, () => {
      if (table === "write") return this.#changedWrites(column, rows);
      if (table === "keyframe") return this.#changedKeyframes(column, rows);
      const cells = new Map<string, Column>();
      for (const [name, kind] of Object.entries(known.columns)) {
        const [given, change] = [column(name), this.#changeOf(kind)];
        const changed = given.map((cell) => (typeof cell === "string" ? change(cell) : cell));
        if (changed.some((cell, row) => cell !== given[row])) cells.set(name, changed);
      }
      return { cells, kept: undefined };
    });
  }

  /** A new chunk where something changes. */
  chunk(
    table: string,
    names: readonly string[],
    types: readonly DuckDBType[],
    chunk: DuckDBDataChunk,
  ): DuckDBDataChunk {
    const at = (name: string): number => names.indexOf(name);
    const { cells, kept } = this.changed(table, (name) => chunk.getColumnValues(at(name)), chunk.rowCount);
    if (cells.size === 0 && kept === undefined) return chunk;
    const columns = names.map((name, index) => {
      const values = cells.get(name) ?? chunk.getColumnValues(index);
      return kept === undefined ? values : values.filter((_, row) => kept[row] === true);
    });
    return chunkOf(types, columns);
  }

  #changeOf(kind: CellKind): (cell: string) => string {
    switch (kind) {
      case "text":
        return (cell) => this.cells.text(cell);
      case "attributes":
        return (cell) => this.cells.attributes(cell);
      case "list":
        return (cell) => this.cells.list(cell);
      case "source":
        return (cell) => this.cells.source(cell);
      case "hash":
        return (cell) => this.cells.hash(cell);
    }
  }

  #changedWrites(column: (name: string) => Column, rows: number): Changes {
    const [operations, keys, values] = [column("operation"), column("key"), column("value")];
    const changed = Array.from({ length: rows }, (_, row) => {
      const [key, value] = [textOrNull(keys[row]), textOrNull(values[row])];
      const operation = storedOperations[Number(operations[row])];
      return operation === undefined ? { key, value } : this.cells.write(operation, { key, value });
    });
    const cells = new Map<string, Column>();
    if (changed.some(({ key }, row) => key !== keys[row]))
      cells.set(
        "key",
        changed.map(({ key }) => key),
      );
    if (changed.some(({ value }, row) => value !== values[row]))
      cells.set(
        "value",
        changed.map(({ value }) => value),
      );
    return { cells, kept: this.#kept(column) };
  }

  #changedKeyframes(column: (name: string) => Column, rows: number): Changes {
    const [objects, scopes, contents] = [column("object"), column("scope"), column("contents")];
    const changed = Array.from({ length: rows }, (_, row) => {
      const cell = textOrNull(contents[row]);
      if (cell === null) return cell;
      const isScope = Number(objects[row]) === 0;
      return isScope ? this.cells.scoped(this.scopeName(Number(scopes[row])), cell) : this.cells.contents(cell);
    });
    const isSame = changed.every((cell, row) => cell === contents[row]);
    return { cells: isSame ? new Map() : new Map([["contents", changed]]), kept: this.#kept(column) };
  }

  #kept(column: (name: string) => Column): readonly boolean[] | undefined {
    if ([...this.#hidden.values()].every((objects) => objects.size === 0)) return undefined;
    const objects = column("object");
    const kept = column("process").map((process, row) => !this.isHidden(Number(process), Number(objects[row])));
    return kept.includes(false) ? kept : undefined;
  }
}

const inOrder = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

const textOrNull = (cell: DuckDBValue | undefined): string | null => (typeof cell === "string" ? cell : null);

function chunkOf(types: readonly DuckDBType[], columns: readonly Column[]): DuckDBDataChunk {
  const rows = columns[0]?.length ?? 0;
  const chunk = DuckDBDataChunk.create(types, rows);
  columns.forEach((values, at) => {
    chunk.setColumnValues(at, values);
    if (types[at]?.typeId !== DuckDBTypeId.VARCHAR) return;
    // DuckDB's client ends a text where it has a NUL.
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, at);
    values.forEach((value, row) => {
      if (typeof value === "string" && value.includes("\0"))
        duckdb.vector_assign_string_element_len(vector, row, Buffer.from(value));
    });
  });
  return chunk;
}
