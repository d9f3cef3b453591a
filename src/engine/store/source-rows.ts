// Sources on their way into the file: each text once, and each file with its functions once. All texts of a recording
// together are bounded; of what is beyond that the file says so.
import type { DuckDBConnection } from "@duckdb/node-api";
import { createHash } from "node:crypto";
import type { SourceRecord } from "../../shared/protocol/agent-records.js";
import { mostSourceBytes, mostSources } from "../../shared/protocol/source-record.js";
import { queryOn } from "./readers.js";
import { createSources, hasSources } from "./source-tables.js";

export type SourceFacts = Omit<SourceRecord, "kind">;

interface SourceVersion extends Omit<SourceFacts, "text"> {
  readonly id: number;
}

/** What a commit brings of them. */
export interface SourceRows {
  readonly texts: { readonly hash: string; readonly text: string }[];
  readonly versions: SourceVersion[];
  readonly uses: { readonly process: number; readonly source: number }[];
}

export const noSources = (): SourceRows => ({ texts: [], versions: [], uses: [] });

const manySources = "the recording keeps no more sources";
const isLost = "it was lost on its way";

export class SourceIndex {
  readonly #texts: Set<string>;
  readonly #ids: Map<string, number>;
  readonly #uses: Set<string>;
  #bytes: number;

  private constructor(texts: Iterable<string>, ids: Iterable<[string, number]>, uses: Iterable<string>, bytes: number) {
    this.#texts = new Set(texts);
    this.#ids = new Map(ids);
    this.#uses = new Set(uses);
    this.#bytes = bytes;
  }

  /** Knows what the file has already. */
  static async open(connection: DuckDBConnection): Promise<SourceIndex> {
    const query = queryOn(connection);
    if (!(await hasSources(query))) return new SourceIndex([], [], [], 0);
    const texts = await query(`SELECT hash, strlen(text) AS bytes FROM source_text`);
    const rows = await query(`SELECT * FROM source_version`);
    const column = (name: string): string[] => rows.texts(name);
    const [files, loaded, hashes] = [column("file"), column("loaded"), column("hash")];
    const [functions, reasons, leftOut] = [column("functions"), column("not_instrumented"), column("left_out")];
    const ids = rows.numbers("id").map((id, row): [string, number] => [
      keyOf({
        file: files[row] ?? "",
        loaded: loaded[row] ?? "",
        hash: hashes[row] ?? "",
        functions: functions[row] ?? "",
        notInstrumented: reasons[row] ?? "",
        leftOut: leftOut[row] ?? "",
      }),
      id,
    ]);
    const uses = await query(`SELECT process || ' ' || source AS key FROM source_use`);
    const bytes = texts.numbers("bytes").reduce((total, length) => total + length, 0);
    return new SourceIndex(texts.texts("hash"), ids, uses.texts("key"), bytes);
  }

  /** How many rows it makes. */
  add(process: number, { text, ...given }: SourceFacts, rows: SourceRows): number {
    const kept = this.#kept(given, text, rows);
    const key = keyOf(kept);
    const known = this.#ids.get(key);
    if (known === undefined && this.#ids.size >= mostSources) return 0;
    const id = known ?? this.#ids.size + 1;
    if (known === undefined) {
      this.#ids.set(key, id);
      rows.versions.push({ id, ...kept });
    }
    const use = `${process} ${id}`;
    if (this.#uses.has(use)) return 0;
    this.#uses.add(use);
    rows.uses.push({ process, source: id });
    return 1;
  }

  #kept(given: Omit<SourceFacts, "text">, text: string, rows: SourceRows): Omit<SourceFacts, "text"> {
    if (given.hash === "" || this.#texts.has(given.hash)) return given;
    // One that its process has sent before, and that never came. An empty text is sent as what it is.
    if (text === "" && given.hash !== hashOfNothing) return { ...given, hash: "", leftOut: isLost };
    const bytes = Buffer.byteLength(text);
    if (this.#bytes + bytes > mostSourceBytes) return { ...given, hash: "", leftOut: manySources };
    this.#bytes += bytes;
    this.#texts.add(given.hash);
    rows.texts.push({ hash: given.hash, text });
    return given;
  }
}

const keyOf = (facts: Omit<SourceFacts, "text">): string =>
  createHash("sha256")
    .update(
      JSON.stringify([facts.file, facts.loaded, facts.hash, facts.functions, facts.notInstrumented, facts.leftOut]),
    )
    .digest("base64");

const hashOfNothing = createHash("sha256").update("").digest("hex");

/** Within the caller's transaction. */
export async function writeSources(connection: DuckDBConnection, { texts, versions, uses }: SourceRows): Promise<void> {
  if (uses.length === 0) return;
  await createSources(connection);
  for (const { hash, text } of texts) await connection.run(`INSERT INTO source_text VALUES ($1, $2)`, [hash, text]);
  for (const { id, file, loaded, hash, functions, notInstrumented, leftOut } of versions)
    await connection.run(`INSERT INTO source_version VALUES ($1, $2, $3, $4, $5, $6, $7)`, [
      id,
      file,
      loaded,
      hash,
      functions,
      notInstrumented,
      leftOut,
    ]);
  for (const { process, source } of uses)
    await connection.run(`INSERT INTO source_use VALUES ($1, $2)`, [process, source]);
}
