// Objects that state has only below a name that is a secret's: while a program is recorded nothing is captured of them; of what was
// recorded all that was written to them goes. One that a harmless name leads to as well stays, as it does while recording.
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Asker } from "../../shared/base/asker.js";
import { throwIfCancelled } from "../../shared/base/cancel.js";
import { RedactedOperations } from "../../redact/operations.js";
import { SecretKeys } from "../../redact/secret-keys.js";
import type { RedactAlso } from "../../shared/protocol/export-calls.js";
import { objectId } from "../../shared/trace/value.js";
import type { WriteOperation } from "../../shared/trace/write.js";
import { contentsFromStored, operationFromStored } from "./operation-json.js";
import { type StoredOperation, storedOperations } from "./schema.js";
import { UnreadableStored, parseStored, valueFromStored } from "./value-json.js";

/** Who refers to whom in one process, whenever it did; 0 is a scope. */
class References {
  readonly #harmless = new Map<number, Set<number>>();
  readonly #secret = new Set<number>();

  add(from: number, to: number, isSecret: boolean): void {
    const those = isSecret ? this.#secret : (this.#harmless.get(from) ?? new Set());
    those.add(to);
    if (!isSecret) this.#harmless.set(from, those);
  }

  /** Below a secret's name, and not below any other. */
  hidden(): ReadonlySet<number> {
    if (this.#secret.size === 0) return new Set();
    const shown = this.#from([0]);
    return new Set([...this.#from([...this.#secret])].filter((id) => id !== 0 && !shown.has(id)));
  }

  #from(roots: readonly number[]): ReadonlySet<number> {
    const met = new Set(roots);
    // A set goes on to what is added while it is walked.
    for (const id of met) for (const to of this.#harmless.get(id) ?? []) met.add(to);
    return met;
  }
}

export type HiddenObjects = ReadonlyMap<number, ReadonlySet<number>>;

/** `conditions`: of the rows of `write` and `keyframe` that leave, or that state at their beginning is made of. */
export async function hiddenObjects(
  source: DuckDBConnection,
  also: RedactAlso,
  scopes: ReadonlyMap<number, string>,
  conditions: Readonly<Record<string, string>>,
  asker: Asker,
): Promise<HiddenObjects> {
  const keys = new SecretKeys(also);
  let [references, owner] = [new References(), 0];
  const operations = new RedactedOperations({
    text: (text) => text,
    named: (_, text) => text,
    number: () => undefined,
    object: (name, id) => {
      const isSecret = keys.kindOf(name) !== undefined;
      references.add(owner, id, isSecret);
      return isSecret ? "" : undefined;
    },
  });
  const byProcess = new Map<number, References>();
  const look = (process: number, object: number, read: () => WriteOperation): void => {
    references = byProcess.get(process) ?? new References();
    byProcess.set(process, references);
    owner = object;
    try {
      operations.redacted(read());
    } catch (error) {
      // Nobody reads it.
      if (!(error instanceof UnreadableStored)) throw error;
    }
  };
  const refers = (column: string): string => `contains(${column}, '"$object"')`;
  await eachRow(
    source,
    `SELECT process, object, operation, key, value FROM write
       WHERE (${conditions["write"] ?? "true"}) AND (${refers("value")} OR ${refers("key")})`,
    asker,
    ([process, object, operation, key, value]) =>
      look(Number(process), Number(object), () =>
        operationFromStored(operationOf(Number(operation)), objectId(Number(object)), jsonOf(key), jsonOf(value)),
      ),
  );
  await eachRow(
    source,
    `SELECT process, object, scope, contents FROM keyframe WHERE (${conditions["keyframe"] ?? "true"}) AND ${refers("contents")}`,
    asker,
    ([process, object, scope, contents]) =>
      look(Number(process), Number(object), () =>
        Number(object) === 0
          ? { kind: "scope", scope: scopes.get(Number(scope)) ?? "", value: valueFromStored(jsonOf(contents)) }
          : { kind: "contents", target: objectId(Number(object)), contents: contentsFromStored(jsonOf(contents)) },
      ),
  );
  return new Map([...byProcess].map(([process, those]) => [process, those.hidden()]));
}

async function eachRow(
  source: DuckDBConnection,
  sql: string,
  { signal }: Asker,
  look: (row: readonly unknown[]) => void,
): Promise<void> {
  const stored = await source.stream(sql);
  for (;;) {
    throwIfCancelled(signal);
    const chunk = await stored.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    chunk.visitRows((row) => look(row));
  }
}

const jsonOf = (cell: unknown): unknown => (typeof cell === "string" ? parseStored(cell) : null);

function operationOf(code: number): StoredOperation {
  const operation = storedOperations[code];
  if (operation === undefined) throw new UnreadableStored("operation expected");
  return operation;
}
