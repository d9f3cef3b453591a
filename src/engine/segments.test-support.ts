// Recordings of random writes, made by the recorder's own writer with commits anywhere, and what a plain fold of the same
// writes makes of them, printed whole: every object, in the very order of its keys, and which of its slots were found.
import { instant, seq } from "../shared/trace/time.js";
import { objectId } from "../shared/trace/value.js";
import type { RecordedWrite } from "../shared/trace/write.js";
import { childrenOf } from "./replay/children.js";
import { LiveProgram, randomFrom } from "./replay/live-program.test-support.js";
import { contentsFromNode } from "./replay/node.js";
import type { ObjectGraph } from "./replay/object-graph.js";
import type { SegmentSettings } from "./replay/segments/builder.js";
import { helloOf } from "./socket-agent.test-support.js";
import { type LastChanges, allChangedAt, changedAt, noChanges } from "./store/last-changes.js";
import type { ChangeRow } from "./store/recording-rows.js";
import { RecordingWriter } from "./store/recording-writer.js";
import type { OpenFile } from "./store/open-file.js";
import { Readers } from "./store/readers.js";

/** So small that boundaries are met everywhere, objects leave memory, and some count as large. */
export const smallSegments = (below: (limit: number) => number): SegmentSettings => {
  const settings = {
    writes: 1 + below(24),
    payloadBytes: 200 + below(4000),
    smallBytes: below(3) === 0 ? 1_000_000 : below(600),
    largeBytes: 10 + below(120),
    mostLater: 1 + below(6),
    keptBytes: below(2) === 0 ? 1 : 1_000_000,
  };
  return { ...settings, mediumBytes: settings.largeBytes % 50 };
};

/** Clocks stand still, run, and now and then go back if they may; some writes were found by comparing. */
export function randomWrites(seed: number, steps: number, mayGoBack = true): readonly RecordedWrite[] {
  const below = randomFrom(seed * 31 + 7);
  const program = new LiveProgram(seed);
  while (program.writes.length < steps) program.step();
  let [at, number] = [1_000_000n, 0];
  return program.writes.map((write): RecordedWrite => {
    if (below(3) > 0) at += BigInt(below(50));
    if (below(40) === 0 && mayGoBack) at -= BigInt(below(200));
    number += 1 + (below(4) === 0 ? below(9) : 0);
    const after = below(5) === 0 ? instant(at - BigInt(below(400))) : undefined;
    return {
      ...write,
      seq: seq(number),
      instant: instant(at),
      certainty: after === undefined ? { kind: "exact" } : { kind: "between", after },
      operation:
        below(60) === 0
          ? { kind: "scope", scope: `s${below(4)}`, value: { kind: "object", id: objectId(1 + below(9)) } }
          : write.operation,
      location: undefined,
    };
  });
}

/** Writes rows of one process as ingest does. */
export class SegmentRecorder {
  readonly #scopes = new Map<string, number>();
  #writer: RecordingWriter;
  #generation = 0;
  #changes = noChanges;

  private constructor(
    readonly file: OpenFile,
    readonly path: string,
    readonly settings: SegmentSettings,
    writer: RecordingWriter,
  ) {
    this.#writer = writer;
  }

  static async begin(file: OpenFile, path: string, settings: SegmentSettings): Promise<SegmentRecorder> {
    const writer = await RecordingWriter.open(file, path, [], undefined, settings);
    const recorder = new SegmentRecorder(file, path, settings, writer);
    recorder.#process();
    return recorder;
  }

  #process(): void {
    this.#writer.process({
      process: 1,
      hello: helloOf(),
      category: 1,
      start: 0n,
      lastSeen: 0n,
      ended: undefined,
      endUnknown: false,
      received: 0,
      made: 0,
      written: 0,
      dropped: 0,
      lastBatch: 0,
      faults: undefined,
    });
  }

  /** Scopes have their ids in the order in which they are met. */
  knowScopes(writes: readonly RecordedWrite[]): void {
    for (const write of writes) if (write.operation.kind === "scope") this.#scope(write.operation.scope, write);
  }

  give(writes: readonly RecordedWrite[]): void {
    for (const write of writes) this.#writer.change(this.#rowOf(write));
  }

  get generation(): number {
    return this.#generation;
  }

  /** As whoever records tells it. */
  get changes(): LastChanges {
    return this.#changes;
  }

  /** Something else than a write. */
  touch(): void {
    this.#process();
  }

  /** Of this writer: one that goes on with what another committed begins anew. */
  get lateWrites(): number {
    return this.#writer.lateWrites;
  }

  async commit(): Promise<void> {
    await this.#writer.commit();
    this.#changes = changedAt(this.#changes, this.#writer.changed, ++this.#generation);
  }

  /** A commit that fails because somebody else is changing the process's row. */
  async failToCommit(): Promise<boolean> {
    const other = await this.file.instance.connect();
    await other.run("BEGIN");
    await other.run("UPDATE process SET last_seen = last_seen + 1");
    this.#process();
    const hasFailed = await this.#writer.commit().then(
      () => false,
      () => true,
    );
    await other.run("ROLLBACK");
    other.closeSync();
    return hasFailed;
  }

  /** Between commits: what there is before an instant, by whole segments. */
  async evict(until: bigint): Promise<void> {
    for await (const _ of this.#writer.flight.evictor.evict([{ since: -(2n ** 63n), until }]));
    this.#changes = allChangedAt(++this.#generation);
  }

  /** As an engine that goes on with what another one committed. */
  async goOn(): Promise<void> {
    this.#writer.dispose();
    this.#writer = await RecordingWriter.open(this.file, this.path, [1], undefined, this.settings);
  }

  dispose(): void {
    this.#writer.dispose();
  }

  #rowOf(write: RecordedWrite): ChangeRow {
    const { operation, certainty } = write;
    return {
      process: 1,
      seq: write.seq,
      instant: write.instant,
      after: certainty.kind === "between" ? certainty.after : undefined,
      location: 0,
      span: 0,
      change:
        operation.kind === "contents"
          ? operation
          : operation.kind === "scope"
            ? { kind: "scope", scope: this.#scope(operation.scope, write), value: operation.value }
            : { kind: "small", operation },
    };
  }

  #scope(name: string, write: RecordedWrite): number {
    const known = this.#scopes.get(name);
    if (known !== undefined) return known;
    const id = this.#scopes.size + 1;
    this.#scopes.set(name, id);
    this.#writer.scope(id, 1, name, write.seq, write.instant);
    return id;
  }
}

export async function readersOf(file: OpenFile): Promise<Readers> {
  return Readers.open(file.instance);
}

/** Everything in a graph but the order in which numbered keys were added, which nobody sees. */
export function contentsTextOf(graph: ObjectGraph, highestId: number): string {
  const print = (value: unknown): string =>
    JSON.stringify(value, (_, part: unknown) =>
      typeof part === "bigint" ? `${part}n` : part === undefined ? "?" : part,
    );
  const lines = [...graph.scopes()].map(([name, value]) => `${name} = ${print(value)}`);
  for (let number = 1; number <= highestId; number++) {
    const id = objectId(number);
    const node = graph.node(id);
    if (node === undefined) continue;
    const found = [...childrenOf(node)].filter(({ slot }) => graph.isFound(id, slot)).map(({ slot }) => slot);
    lines.push(`@${number} ${print(contentsFromNode(node))} found ${found.join()}`);
  }
  return lines.join("\n");
}
