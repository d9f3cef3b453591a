// In the agent's own thread: what files of the program were written as, as records for the engine. A text is sent once by a
// process however many of its threads load it, with secrets taken out. What a compiler made leads to its original by its
// source map, which may bring the text; else it is read from disk, as all is that the program's thread did not bring.
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { SourceRecord } from "../shared/protocol/agent-records.js";
import { writeRecord } from "../shared/protocol/agent-record-codec.js";
import { ByteWriter } from "../shared/protocol/bytes.js";
import { functionsJson, mostFunctions, mostSourceBytes, mostSourceUnits } from "../shared/protocol/source-record.js";
import { seq } from "../shared/trace/time.js";
import { type ListedFunction, listedIn, originalTexts } from "./instrument/index.js";
import type { LoadedSource } from "./loaded-sources.js";

export interface SourceReaderOptions {
  /** Whether texts are kept, or only which functions are where. */
  readonly keepsTexts: boolean;
  readonly redacted: (text: string) => string;
}

type Found = { readonly text: string } | { readonly leftOut: string };

export class SourceReader {
  readonly #options: SourceReaderOptions;
  /** Hashes of texts that were sent. */
  readonly #sent = new Set<string>();
  #sentUnits = 0;

  constructor(options: SourceReaderOptions) {
    this.#options = options;
  }

  /** One record for each file that what was loaded was written in. */
  read(loaded: LoadedSource): Uint8Array[] {
    const { path, table } = loaded;
    if (table === undefined) return [this.#record(loaded, path, [], { leftOut: "it is not instrumented" })];
    const { functions, files } = listedIn(path, table);
    const compiled = this.#options.keepsTexts ? compiledText(loaded) : undefined;
    const originals = compiled === undefined ? undefined : originalTexts(compiled, path);
    return files.map((file) => {
      const own = functions.filter((listed) => listed.file === file);
      if (!this.#options.keepsTexts) return this.#record(loaded, file, own, { leftOut: "sources are not kept" });
      return this.#record(loaded, file, own, writtenText(file, path, compiled, originals));
    });
  }

  #record(
    { path, reason }: LoadedSource,
    file: string,
    functions: readonly ListedFunction[],
    found: Found,
  ): Uint8Array {
    const kept = "text" in found ? this.#kept(found.text) : { hash: "", text: "", leftOut: found.leftOut };
    const listed = functions.slice(0, mostFunctions).map(({ line, column, functionName, reason: why }) => ({
      line,
      column,
      name: functionName,
      ...(why === undefined ? {} : { reason: why }),
    }));
    return encoded({
      kind: "source",
      file,
      loaded: path,
      functions: functionsJson(listed),
      notInstrumented: reason ?? "",
      ...kept,
    });
  }

  #kept(given: string): Pick<SourceRecord, "hash" | "text" | "leftOut"> {
    if (given.length > mostSourceUnits) return { hash: "", text: "", leftOut: tooLong };
    // A half of a surrogate pair finds no place in the file.
    const text = Buffer.from(this.#options.redacted(given)).toString();
    const hash = createHash("sha256").update(text).digest("hex");
    if (this.#sent.has(hash)) return { hash, text: "", leftOut: "" };
    if (this.#sentUnits + text.length > mostSourceBytes) return { hash: "", text: "", leftOut: "too many sources" };
    this.#sent.add(hash);
    this.#sentUnits += text.length;
    return { hash, text, leftOut: "" };
  }
}

const tooLong = "too long";

const compiledText = ({ path, text }: LoadedSource): string | undefined => {
  if (text !== undefined) return text;
  const read = fromDisk(path);
  return "text" in read ? read.text : undefined;
};

function writtenText(
  file: string,
  path: string,
  compiled: string | undefined,
  originals: ReadonlyMap<string, string> | undefined,
): Found {
  const brought = originals?.get(file);
  if (brought !== undefined) return { text: brought };
  // Without a map that leads elsewhere, what was loaded is what was written.
  if (file === path && originals === undefined && compiled !== undefined) return { text: compiled };
  return fromDisk(file);
}

function fromDisk(path: string): Found {
  try {
    const found = statSync(path);
    if (!found.isFile()) return { leftOut: "not found on disk" };
    return found.size > 4 * mostSourceUnits ? { leftOut: tooLong } : { text: readFileSync(path, "utf8") };
  } catch {
    return { leftOut: "not found on disk" };
  }
}

function encoded(record: SourceRecord): Uint8Array {
  const out = new ByteWriter();
  writeRecord(out, { ...record, clockMs: 0, seq: seq(0) });
  return out.bytes.slice(0, out.at);
}
