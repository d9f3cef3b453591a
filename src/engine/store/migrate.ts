// A file is brought from one format to a newer one, a step after the other. What somebody keeps is not changed for it: a copy
// is, which goes when it is closed.
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { type Asker, askerWith } from "../../shared/base/asker.js";
import { Disposables } from "../../shared/base/disposables.js";
import { copyBytes } from "./copy-bytes.js";
import { confined } from "./file-settings.js";
import { type Migration, views } from "./schema.js";
import { countProgress, watched } from "./watched.js";

/** Where the copy is, brought to the format after the last of the steps. `owned` takes it away. Throws `Cancelled`. */
export async function migratedCopy(
  path: string,
  format: number,
  steps: readonly Migration[],
  owned: Disposables,
  asker: Asker,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `hindcast-open-${process.pid}-`));
  owned.defer(() => rm(folder, { recursive: true, force: true }));
  const copy = join(folder, basename(path));
  const words = "Copying it, to bring the copy to today's format";
  await copyBytes(path, copy, words, asker);
  if (existsSync(`${path}.wal`)) await copyBytes(`${path}.wal`, `${copy}.wal`, `${words}: its log`, asker);
  await chmod(copy, 0o600);
  const opened = new Disposables();
  try {
    const instance = await DuckDBInstance.create(copy, confined);
    opened.defer(() => instance.closeSync());
    const connection = await instance.connect();
    opened.defer(() => connection.closeSync());
    await countProgress(connection);
    const now = BigInt(Date.now()) * 1_000_000n;
    // One by one: DuckDB refuses to change a table in a transaction that has changed what is in it. Nobody else sees the copy.
    for (let reached = format; reached < steps.length; reached++) {
      const phase = `Bringing it from format ${reached} to format ${reached + 1}`;
      const asked = askerWith(asker.signal, (told) => asker.tell({ ...told, phase }));
      await watched(connection, asked, () => migrateOnce(connection, reached, steps, now));
    }
    await createViews(connection);
  } finally {
    await opened.dispose();
  }
  return copy;
}

export async function runSteps(connection: DuckDBConnection, steps: readonly Migration[]): Promise<void> {
  for (const { statements } of steps) for (const statement of statements) await connection.run(statement);
}

/** Within the caller's transaction. */
export async function migrate(
  connection: DuckDBConnection,
  from: number,
  steps: readonly Migration[],
  now: bigint,
): Promise<void> {
  for (let reached = from; reached < steps.length; reached++) await migrateOnce(connection, reached, steps, now);
  await createViews(connection);
}

/** From the format with the number `reached` to the one after it. */
async function migrateOnce(
  connection: DuckDBConnection,
  reached: number,
  steps: readonly Migration[],
  now: bigint,
): Promise<void> {
  const step = steps[reached];
  if (step === undefined) return;
  for (const statement of step.statements) await connection.run(statement);
  await connection.run(`INSERT INTO migration VALUES ($1, $2, $3)`, [reached + 1, step.name, now]);
  await connection.run(`UPDATE recording SET format = $1`, [reached + 1]);
}

async function createViews(connection: DuckDBConnection): Promise<void> {
  for (const [name, query] of Object.entries(views)) await connection.run(`CREATE OR REPLACE VIEW ${name} AS ${query}`);
}
