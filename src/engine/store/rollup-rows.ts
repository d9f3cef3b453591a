// Keeps the zoom levels of a recording while it is made. Once a second what came meanwhile is merged into buckets by DuckDB,
// inside a commit and off this thread; here rows are only looked at for how far each process's time has come.
// A level holds the records before an instant, its process's cover; questions read the rest from the records. A row that
// comes late, before that instant, has its buckets made anew in the commit that brings it.
import type { DuckDBConnection } from "@duckdb/node-api";
import { bytes, integers, longs, shorts } from "./column-buffers.js";
import { DenseBuckets, secondLevel } from "./dense-buckets.js";
import type { DerivedRows } from "./derived-rows.js";
import type { SpanRow } from "./recording-rows.js";
import { Covers, type Late } from "./rollup-covers.js";
import {
  type Rollup,
  type Windows,
  addEnds,
  clearLevel,
  densityRollup,
  fillLevel,
  laneRollup,
  lateEnd,
  metricRollup,
  rollups,
  sketchRollup,
} from "./rollups.js";
import { Rows } from "./rows.js";
import { TableBuffer } from "./table-buffer.js";
import type { WaitingRows } from "./waiting-rows.js";
import { type Level, ceilTo, coarsestNs, floorTo } from "./zoom-levels.js";

/**
 * A step costs some tens of milliseconds of processor time however little came; questions read what came since the last one
 * record by record. So many rows are worth a step at once, a few only after a while.
 */
const stepEveryMs = 1000;
const stepEveryRows = 250_000;
const fewRows = 5000;
const stepForFewEveryMs = 10_000;

interface Window {
  readonly process: number;
  readonly since: bigint;
  readonly until: bigint;
}

export class RollupRows implements DerivedRows {
  readonly #covers = new Covers();
  /** What the running commit makes of them, and the processes that it brought. */
  readonly #next = new Map<number, bigint>();
  readonly #added: number[] = [];
  readonly #dense = new DenseBuckets();
  #rowsSinceStep = 0;
  #steppedMs: number;

  private constructor(readonly nowMs: () => number) {
    this.#steppedMs = nowMs();
  }

  /** Goes on from the last commit. */
  static async open(connection: DuckDBConnection, nowMs = (): number => performance.now()): Promise<RollupRows> {
    await connection.run(`CREATE TEMP TABLE ${lateEnd}`);
    const opened = new RollupRows(nowMs);
    const covers = await Rows.from(await connection.run(`SELECT process, until FROM rollup_cover`));
    const untils = covers.bigints("until");
    for (const [row, process] of covers.numbers("process").entries())
      opened.#covers.set(process, untils[row] ?? 0n, nowMs());
    return opened;
  }

  async write(connection: DuckDBConnection, rows: WaitingRows): Promise<void> {
    const now = this.nowMs();
    for (const { process, start } of rows.processes.values()) {
      if (this.#covers.has(process)) continue;
      // Nothing of it is before the hour in which it began.
      const until = floorTo(coarsestNs, start);
      this.#covers.set(process, until, now);
      this.#added.push(process);
      await connection.run(`INSERT INTO rollup_cover VALUES ($1, ${until})`, [process]);
    }
    const { samples, records, spans } = this.#covers.look(rows, now);
    await this.#addEnds(connection, rows.endedSpans);
    await this.#makeAnew(connection, [metricRollup, sketchRollup], samples);
    await this.#makeDense(connection, lateWindows(samples, this.#covers)(secondLevel.widthNs), true);
    await this.#makeAnew(connection, [densityRollup], records);
    await this.#makeAnew(connection, [laneRollup], spans);
    this.#rowsSinceStep += rows.count;
    if (!this.#isStepDue(now) && rows.ends.size === 0) return;
    for (const [process, until] of this.#covers.next(now)) this.#next.set(process, until);
    if (this.#next.size > 0) await this.#step(connection);
    this.#steppedMs = now;
    this.#rowsSinceStep = 0;
  }

  committed(): void {
    for (const [process, until] of this.#next) this.#covers.set(process, until, this.nowMs());
    this.#next.clear();
    this.#added.length = 0;
  }

  forget(): void {
    this.#dense.forget();
    for (const process of this.#added.splice(0)) this.#covers.delete(process);
    this.#next.clear();
  }

  #isStepDue(now: number): boolean {
    if (this.#rowsSinceStep >= stepEveryRows) return true;
    return now - this.#steppedMs >= (this.#rowsSinceStep < fewRows ? stepForFewEveryMs : stepEveryMs);
  }

  /** What has become whole since the last time. */
  async #step(connection: DuckDBConnection): Promise<void> {
    const windows = (widthNs: bigint): Window[] =>
      [...this.#covers.untils()].map(([process, until]) => ({
        process,
        since: floorTo(widthNs, until),
        until: floorTo(widthNs, this.#next.get(process) ?? until),
      }));
    await run(connection, rollups, fillLevel, windows);
    await this.#makeDense(connection, windows(secondLevel.widthNs), false);
    for (const [process, until] of this.#next)
      await connection.run(`UPDATE rollup_cover SET until = ${until} WHERE process = $1`, [process]);
  }

  async #makeAnew(connection: DuckDBConnection, which: readonly Rollup[], late: Late): Promise<void> {
    if (late.size === 0) return;
    const windows = lateWindows(late, this.#covers);
    await run(connection, which, clearLevel, windows);
    await run(connection, which, fillLevel, windows);
  }

  async #makeDense(connection: DuckDBConnection, windows: readonly Window[], isAgain: boolean): Promise<void> {
    const whole = windows.filter(({ since, until }) => since < until);
    if (whole.length > 0) await this.#dense.write(connection, relationOf(whole), isAgain);
  }

  /** Of spans whose beginning is in a bucket already. */
  async #addEnds(connection: DuckDBConnection, ended: readonly SpanRow[]): Promise<void> {
    const untils = new Map(this.#covers.untils());
    const late = ended.filter(({ process, instant }) => instant < (untils.get(process) ?? 0n));
    if (late.length === 0) return;
    await fillLateEnds(connection, late);
    const earliest = new Map<number, bigint>();
    for (const { process, instant } of late)
      if (instant < (earliest.get(process) ?? instant + 1n)) earliest.set(process, instant);
    const windows = (widthNs: bigint): Window[] =>
      [...earliest].map(([process, instant]) => ({
        process,
        since: floorTo(widthNs, instant),
        until: floorTo(widthNs, untils.get(process) ?? 0n),
      }));
    for (const rollup of rollups) {
      const { ends } = rollup;
      if (ends === undefined) continue;
      await run(connection, [rollup], (of, level, within) => addEnds(of, ends, level, within), windows);
    }
    await connection.run(`DELETE FROM late_end`);
  }
}

/** Of whole buckets, in which something came behind a cover. */
const lateWindows =
  (late: Late, covers: Covers) =>
  (widthNs: bigint): Window[] =>
    [...covers.untils()].flatMap(([process, until]) => {
      const stretch = late.get(process);
      if (stretch === undefined) return [];
      const [last, covered] = [ceilTo(widthNs, stretch.until), floorTo(widthNs, until)];
      return [{ process, since: floorTo(widthNs, stretch.since), until: last < covered ? last : covered }];
    });

/** A statement for each level that has windows, the finest first: coarser ones are made of it. */
async function run(
  connection: DuckDBConnection,
  which: readonly Rollup[],
  statement: (rollup: Rollup, level: Level, windows: Windows) => string,
  windowsOf: (widthNs: bigint) => readonly Window[],
): Promise<void> {
  for (const rollup of which)
    for (const level of rollup.levels) {
      const windows = windowsOf(level.widthNs).filter(({ since, until }) => since < until);
      if (windows.length > 0) await connection.run(statement(rollup, level, relationOf(windows)));
    }
}

function relationOf(windows: readonly Window[]): Windows {
  const rows = windows.map(({ process, since, until }) => `(${process}::UINTEGER, ${since}::BIGINT, ${until}::BIGINT)`);
  const since = windows.reduce(
    (least, window) => (window.since < least ? window.since : least),
    windows[0]?.since ?? 0n,
  );
  const until = windows.reduce((most, window) => (window.until > most ? window.until : most), 0n);
  return { relation: `(VALUES ${rows.join(", ")})`, condition: `t.start >= ${since} AND t.start < ${until}` };
}

async function fillLateEnds(connection: DuckDBConnection, spans: readonly SpanRow[]): Promise<void> {
  const rows = new TableBuffer([integers(), shorts(), longs(), longs(), bytes()]);
  for (const { process, lane, instant, end, status } of spans)
    rows.push(process, lane, instant, end?.instant ?? instant, status === "error" ? 1 : 0);
  await rows.appendInto(connection, "late_end", "temp");
}
