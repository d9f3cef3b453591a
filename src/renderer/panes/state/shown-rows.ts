// A window of the rows of all scopes of a process, as one answer brought it: which row is which value, and where a value is.
import { firstWhere } from "../../../shared/base/first-where.js";
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import type { ReadPlace } from "./read-place.js";

export interface ShownRows {
  readonly place: ReadPlace;
  /** When it was asked for, on the clock of `performance.now()`. */
  readonly askedMs: number;
  /** Row of the whole list that the window begins with. */
  readonly first: number;
  readonly answer: CallResult<"state.scopes">;
}

export interface RowPlace {
  readonly scope: string;
  readonly path: string;
}

/** Undefined for a row that is not here. */
export function placeOfRow(shown: ShownRows | undefined, row: number): RowPlace | undefined {
  if (shown === undefined) return undefined;
  const path = shown.answer.rows.paths[row - shown.first];
  const scope = shown.answer.scopes[scopeIndexAt(shown.answer.firsts, row)];
  return path === undefined || scope === undefined ? undefined : { scope, path };
}

/** -1 where it is not here; of a scope itself also outside the window. */
export function rowOfPlace(shown: ShownRows | undefined, place: RowPlace | undefined): number {
  if (shown === undefined || place === undefined) return -1;
  const { scopes, firsts, rows } = shown.answer;
  const scope = scopes.indexOf(place.scope);
  if (scope < 0) return -1;
  if (place.path === "") return firsts[scope] ?? -1;
  const begin = Math.max(0, (firsts[scope] ?? 0) - shown.first);
  const end = Math.max(0, (firsts[scope + 1] ?? rows.total) - shown.first);
  const at = rows.paths.slice(begin, end).indexOf(place.path);
  return at < 0 ? -1 : shown.first + begin + at;
}

/** Row that a scope begins with, also outside the window; undefined where it has none. */
export function firstRowOf(shown: ShownRows | undefined, scope: string): number | undefined {
  const at = shown?.answer.scopes.indexOf(scope) ?? -1;
  return at < 0 ? undefined : shown?.answer.firsts[at];
}

/**
 * By how many rows what was on screen has moved, when rows came or went above it: what the list has to scroll by, so that it
 * stays where it is. 0 where that cannot be told.
 */
export function movedBy(before: ShownRows | undefined, now: ShownRows | undefined, firstOnScreen: number): number {
  const anchor = placeOfRow(before, firstOnScreen);
  const row = rowOfPlace(now, anchor);
  return row < 0 ? 0 : row - firstOnScreen;
}

/** The last scope that begins at or before a row. */
const scopeIndexAt = (firsts: ArrayLike<number>, row: number): number =>
  firstWhere(firsts.length, (at) => (firsts[at] ?? Infinity) > row) - 1;
