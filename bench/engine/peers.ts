// The same writes as in state.ts, by the same seed, kept in other ways on the same machine in the same run: SQLite with an
// index, and lines of JSON. Peers work in the benchmark's own process: nothing travels. What they answer is compared with the
// plain fold, too.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ObjectGraph } from "../../src/engine/replay/object-graph.js";
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import { taggedJson } from "../../src/shared/trace/tagged-json.js";
import { type Figure, measuredOn, quantile } from "../figures.js";
import { JsonLines } from "./peers/json-lines.js";
import { type NumberedWrite, type Peer, type PeerState, withoutOrder } from "./peers/peer.js";
import { openSqlite } from "./peers/sqlite.js";
import { StateWrites } from "./state-writes.js";

export interface PeersSize {
  readonly writes: number;
  readonly scopes: number;
  /** Looks at all scopes, and at one. */
  readonly looks: number;
  readonly scopeLooks: number;
  readonly seed: number;
}

export const tenMillionKept: PeersSize = { writes: 10_000_000, scopes: 200, looks: 100, scopeLooks: 300, seed: 1 };
/** In one transaction: what comes in a quarter of a second at 80,000 a second. */
const perBatch = 20_000;

interface Look {
  readonly write: number;
  readonly scopes: readonly string[];
}
interface Asked {
  readonly look: Look;
  readonly tookMs: number;
  readonly hash: string;
}
interface Measurement {
  readonly peer: Peer;
  readonly fileBytes: number;
  readonly appendSeconds: number;
  readonly asked: readonly Asked[];
}

export async function peerFigures(size: PeersSize = tenMillionKept): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-bench-"));
  try {
    const sqlite = await openSqlite(join(folder, "writes.sqlite"));
    if (sqlite === undefined) console.error("Without SQLite, a peer: install it with `npm ci --prefix bench`.");
    const peers = [...(sqlite === undefined ? [] : [sqlite]), new JsonLines(join(folder, "writes.jsonl"))];
    const measured = peers.map((peer) => measure(peer, size));
    const folded = fold(
      size,
      measured.flatMap(({ asked }) => asked.map(({ look }) => look)),
    );
    return measured.flatMap((measurement) => figuresOf(size, measurement, folded));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function* batches({ writes, scopes, seed }: PeersSize): Iterable<readonly NumberedWrite[]> {
  const made = new StateWrites(seed);
  let batch: NumberedWrite[] = [];
  let write = 0;
  for (const operation of made.beginning(scopes)) batch.push({ write: ++write, operation });
  while (write < writes) {
    batch.push({ write: ++write, operation: made.next() });
    if (batch.length < perBatch) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

/** As many as the peer can stand, of looks at all scopes first, at the instants that state.ts asks for. */
function looksOf({ writes, scopes, looks, scopeLooks, seed }: PeersSize, most: number): readonly Look[] {
  const random = randomFrom(seed + 1);
  const names = Array.from({ length: scopes }, (_, at) => `scope_${at}`);
  const earliest = scopes * 12;
  const anywhere = (): number => earliest + Math.floor(random() * (writes - earliest));
  const all = Array.from({ length: looks }, () => ({ write: anywhere(), scopes: names }));
  const single = Array.from({ length: scopeLooks }, () => ({
    write: anywhere(),
    scopes: names.slice(Math.floor(random() * scopes)).slice(0, 1),
  }));
  return [...all.slice(0, most), ...single.slice(0, most)];
}

function measure(peer: Peer, size: PeersSize): Measurement {
  try {
    let appendMs = 0;
    for (const batch of batches(size)) {
      const beganMs = performance.now();
      peer.append(batch);
      appendMs += performance.now() - beganMs;
    }
    const beganMs = performance.now();
    peer.finish();
    appendMs += performance.now() - beganMs;
    const asked = looksOf(size, peer.mostLooks).map((look) => {
      const askedMs = performance.now();
      const answer = answerOf(peer.stateAfter(look.write), look);
      return { look, tookMs: performance.now() - askedMs, hash: hashOf(answer) };
    });
    return { peer, fileBytes: peer.fileBytes(), appendSeconds: appendMs / 1000, asked };
  } finally {
    peer.close();
  }
}

const answerOf = (state: PeerState, { scopes }: Look): readonly unknown[] =>
  scopes.map((name) => {
    const root = state.scope(name);
    return root === undefined
      ? undefined
      : taggedJson(root, (id) => {
          const contents = state.contentsOf(id);
          return contents && withoutOrder(contents);
        });
  });

const hashOf = (answer: readonly unknown[]): string => createHash("sha1").update(JSON.stringify(answer)).digest("hex");

/** What each look should have said: everything is folded once. */
function fold(size: PeersSize, looks: readonly Look[]): ReadonlyMap<Look, string> {
  const inOrder = looks.toSorted((a, b) => a.write - b.write);
  const graph = ObjectGraph.empty();
  const state: PeerState = { scope: (name) => graph.scopes().get(name), contentsOf: graph.contentsOf };
  const hashes = new Map<Look, string>();
  let next = 0;
  for (const batch of batches(size))
    for (const { write, operation } of batch) {
      graph.apply(operation);
      for (let look = inOrder[next]; look?.write === write; look = inOrder[++next])
        hashes.set(look, hashOf(answerOf(state, look)));
    }
  return hashes;
}

function figuresOf(size: PeersSize, measurement: Measurement, folded: ReadonlyMap<Look, string>): readonly Figure[] {
  const { peer, fileBytes, appendSeconds, asked } = measurement;
  const wrong = asked.filter(({ look, hash }) => folded.get(look) !== hash).length;
  const validity = wrong === 0 ? {} : { invalid: `${wrong} of ${asked.length} answers are not the fold's` };
  const took = (isAll: boolean): Float64Array =>
    Float64Array.from(
      asked.filter(({ look }) => look.scopes.length > 1 === isAll),
      ({ tookMs }) => tookMs,
    );
  const of = (name: string, value: number, unit: string): Figure => ({
    name: `${peer.name}_${name}`,
    value,
    unit,
    ...validity,
  });
  return measuredOn({ rows: size.writes, fileBytes, seed: size.seed, cache: "warm" }, [
    of("writes_per_s", size.writes / appendSeconds, "1/s"),
    of("bytes_per_write", fileBytes / size.writes, "By"),
    of("state_p50_ms", quantile(took(true), 0.5), "ms"),
    of("state_p95_ms", quantile(took(true), 0.95), "ms"),
    of("scope_p50_ms", quantile(took(false), 0.5), "ms"),
    of("scope_p95_ms", quantile(took(false), 0.95), "ms"),
  ]);
}
