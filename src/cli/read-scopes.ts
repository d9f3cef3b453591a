// What `state` prints when no scope is named: every scope there was at an instant, a line each.
import { ok } from "../shared/base/result.js";
import type { CallResult } from "../shared/protocol/engine-calls.js";
import { movedText } from "./cut-text.js";
import { type Done, type Reading, atInstant, done, namedProcess } from "./reading.js";
import { type Row, endBefore, onOneLine, printed } from "./rows.js";
import type { World } from "./world.js";

interface Wanted {
  readonly at: bigint;
  /** As it was typed; every process when left out. */
  readonly process: string | undefined;
  readonly json: boolean;
}

const pageRows = 5000;
/** Of a row's flags: known only between two looks, or after writes that were lost. */
const isUncertain = 32;

export async function printScopes({ terminal: { err } }: World, reading: Reading, wanted: Wanted): Promise<Done> {
  const { summary, out } = reading;
  const named = wanted.process === undefined ? ok(undefined) : namedProcess(summary.processes, wanted.process);
  if (!named.ok) return named;
  let count = 0;
  for (const process of new Set(summary.scopes.map((one) => one.process))) {
    if (named.value !== undefined && named.value !== process) continue;
    for (let offset = 0, total = 1; offset < total && !out.isClosed; offset += pageRows) {
      const args = { recordingId: reading.recordingId, process, at: atInstant(wanted.at), offset, limit: pageRows };
      const page = await reading.call("state.scopes", args);
      if (!page.ok) return page;
      total = page.value.rows.total;
      count += page.value.rows.keys.length;
      for (let row = 0; row < page.value.rows.keys.length; row++)
        await out.line(printed(scopeRow(process, page.value, row), wanted.json));
      if (offset > 0) continue;
      const note = noteOf(reading, process, wanted.at, page.value);
      if (note !== undefined) await err.line(note);
    }
  }
  if (count === 0) await err.line("Nothing was tracked yet at that instant.");
  await err.flush();
  return done;
}

function scopeRow(process: number, { rows }: CallResult<"state.scopes">, row: number): Row {
  const [scope, preview, type] = [rows.keys[row] ?? "", rows.values[row] ?? "", rows.types[row] ?? ""];
  const uncertain = ((rows.flags[row] ?? 0) & isUncertain) !== 0;
  return {
    json: { process, scope, type, preview, uncertain },
    text: onOneLine(`${process}  ${scope}  ${preview}${uncertain ? "  (may have been something else)" : ""}`),
  };
}

/** Why it is not simply the state at that instant. */
function noteOf(
  { summary }: Reading,
  process: number,
  at: bigint,
  { rows }: CallResult<"state.scopes">,
): string | undefined {
  const moved = movedText(rows.cut);
  if (moved !== undefined) return `Process ${process}: ${moved}`;
  const end = endBefore(summary, process, at);
  if (end === undefined) return undefined;
  return `At that instant ${end}: its last state is printed.`;
}
