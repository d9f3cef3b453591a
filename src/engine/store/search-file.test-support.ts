// A recording's file in a folder of its own, with somebody who searches it and somebody who may write into it.
import { join } from "node:path";
import type { CallResult } from "../../shared/protocol/engine-calls.js";
import { foundKinds } from "../../shared/protocol/engine-rows.js";
import { type OpenFile, createFile } from "./open-file.js";
import { Readers } from "./readers.js";
import { RecordingWriter } from "./recording-writer.js";
import { SearchBlocks } from "./search-blocks.js";
import { Search } from "./search.js";

/** So few that a corpus fills some blocks, and what is in several rows of one is kept with them. */
export const fewRows = { rowsPerBlock: 32, leastRowsOfText: 3 };

export class SearchFile {
  #generation = 0;
  readonly blocks: SearchBlocks;
  readonly search: Search;

  private constructor(
    readonly path: string,
    readonly file: OpenFile,
    readonly readers: Readers,
  ) {
    this.blocks = new SearchBlocks(readers.query, this.generation);
    this.search = new Search(this.blocks);
  }

  static async create(folder: string, name: string): Promise<SearchFile> {
    const path = join(folder, name);
    return SearchFile.with(path, await createFile(path, { created: 1n, appVersion: "0" }));
  }

  static async with(path: string, opened: Awaited<ReturnType<typeof createFile>>): Promise<SearchFile> {
    if (!opened.ok) throw new Error(JSON.stringify(opened.error));
    return new SearchFile(path, opened.value, await Readers.open(opened.value.instance));
  }

  readonly generation = (): number => this.#generation;

  changed(): void {
    this.#generation++;
  }

  record(known: readonly number[] = [], rowsPerBlock = fewRows.rowsPerBlock): Promise<RecordingWriter> {
    const settings = { ...fewRows, rowsPerBlock };
    return RecordingWriter.open(this.file, this.path, known, undefined, undefined, settings);
  }

  async run(...statements: readonly string[]): Promise<void> {
    for (const statement of statements) await this.readers.hold((connection) => connection.run(statement));
    this.changed();
  }

  async close(): Promise<void> {
    await this.readers.dispose();
    await this.file.dispose();
  }

  /** Every page of a search, each row as one line. */
  async found(
    args: Omit<Parameters<Search["page"]>[2], "after" | "limit"> & { readonly limit?: number },
    between: () => Promise<void> = () => Promise.resolve(),
    query = this.readers.query,
    start = 0n,
  ): Promise<string[]> {
    const lines: string[] = [];
    let after: CallResult<"search.page">["next"];
    do {
      const page = await this.search.page(query, start, { limit: 150, ...args, after });
      page.timeNs.forEach((_, row) => {
        const kind = foundKinds[page.kind[row] ?? -1];
        lines.push(`${page.process[row]} ${page.seq[row]} ${kind} ${page.fields[row]}: ${page.matched[row]}`);
      });
      after = page.next;
      await between();
    } while (after !== undefined);
    return lines;
  }
}
