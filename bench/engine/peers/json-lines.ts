// Writes as lines of JSON in a file that is only ever appended to. State is what folding it from its start gives.
import { closeSync, openSync, readSync, statSync, writeSync } from "node:fs";
import * as v from "valibot";
import { ObjectGraph } from "../../../src/engine/replay/object-graph.js";
import type { NumberedWrite, Peer, PeerState } from "./peer.js";

const line = v.custom<NumberedWrite>((value) => typeof value === "object" && value !== null && "operation" in value);
const chunkBytes = 1 << 20;
const newline = 10;

export class JsonLines implements Peer {
  readonly name = "jsonl";
  readonly mostLooks = 4;
  readonly #file: number;

  constructor(readonly path: string) {
    this.#file = openSync(path, "w+");
  }

  append(writes: readonly NumberedWrite[]): void {
    writeSync(this.#file, writes.map((write) => `${JSON.stringify(write)}\n`).join(""));
  }

  finish(): void {
    // Appending was all.
  }

  stateAfter(last: number): PeerState {
    const graph = ObjectGraph.empty();
    for (const text of this.#lines()) {
      const { write, operation } = v.parse(line, JSON.parse(text));
      if (write > last) break;
      graph.apply(operation);
    }
    return { scope: (name) => graph.scopes().get(name), contentsOf: graph.contentsOf };
  }

  *#lines(): Iterable<string> {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    let [rest, position] = [Buffer.alloc(0), 0];
    for (;;) {
      const read = readSync(this.#file, chunk, 0, chunkBytes, position);
      if (read === 0) return;
      position += read;
      const bytes = Buffer.concat([rest, chunk.subarray(0, read)]);
      const end = bytes.lastIndexOf(newline) + 1;
      yield* bytes.toString("utf8", 0, Math.max(0, end - 1)).split("\n");
      rest = bytes.subarray(end);
    }
  }

  fileBytes(): number {
    return statSync(this.path).size;
  }

  close(): void {
    closeSync(this.#file);
  }
}
