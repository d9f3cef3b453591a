// Which call of a file Source says more about: the one that was asked for as long as the playhead is in it or was not moved, else the
// innermost one under way at the playhead.
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import type { SpanColumns } from "../../../shared/protocol/engine-rows.js";
import { type CallFacts, callFactsFrom, failedStatus } from "../../state/call-facts.js";
import type { AskedCall } from "../../state/source-place.js";

export interface ShownCall {
  readonly name: string;
  readonly process: number;
  readonly spanId: string;
  readonly traceId: string;
  readonly file: string;
  readonly line: number;
  readonly startNs: number;
  /** NaN while it is under way. */
  readonly endNs: number;
  readonly facts: CallFacts;
}

interface Places {
  readonly files: readonly string[];
  readonly lines: Uint32Array;
}

export function callAt(calls: SpanColumns, { files, lines }: Places, row: number): ShownCall {
  return {
    name: calls.names[row] ?? "",
    process: calls.process[row] ?? 0,
    spanId: calls.spanIds[row] ?? "",
    traceId: calls.traceIds[row] ?? "",
    file: files[row] ?? "",
    line: lines[row] ?? 0,
    startNs: calls.startNs[row] ?? 0,
    endNs: calls.endNs[row] ?? NaN,
    facts: callFactsFrom(calls.attributes[row] ?? "", calls.status[row] === failedStatus),
  };
}

export function findCall(page: CallResult<"calls.page">, { process, spanId }: AskedCall): ShownCall | undefined {
  const row = page.calls.spanIds.findIndex((id, at) => id === spanId && page.calls.process[at] === process);
  return row < 0 ? undefined : callAt(page.calls, page, row);
}

/** Stacks come the latest first, their frames the outermost first. */
export function innermostIn(stacks: CallResult<"calls.stacks">, file: string): ShownCall | undefined {
  const { stack, files, isCall } = stacks;
  let [found, foundIn] = [-1, -1];
  for (let row = 0; row < stack.length; row++) {
    const of = stack[row] ?? 0;
    if (found >= 0 && of !== foundIn) break;
    if (isCall[row] === 1 && files[row] === file) [found, foundIn] = [row, of];
  }
  return found < 0 ? undefined : callAt(stacks.frames, stacks, found);
}

/**
 * The first of a page that is of the same function and process and strictly before or after a call. Functions of one name may be several,
 * and calls may begin at the same instant: which of those come first is told by where the call itself stands among them.
 */
export function besideIn(page: CallResult<"calls.page">, from: ShownCall, isBackwards: boolean): number | undefined {
  const { calls, files, lines } = page;
  const own = calls.spanIds.indexOf(from.spanId);
  for (let row = own + 1; row < calls.names.length; row++) {
    const startNs = calls.startNs[row] ?? 0;
    const isBeyond = own >= 0 || (isBackwards ? startNs < from.startNs : startNs > from.startNs);
    const isSame = calls.names[row] === from.name && files[row] === from.file && lines[row] === from.line;
    if (isBeyond && isSame && calls.process[row] === from.process) return row;
  }
  return undefined;
}

/** `askedAtNs`: where the playhead was then. */
export function isStillAsked(
  playheadNs: number,
  askedAtNs: number,
  call: { readonly startNs: number; readonly endNs: number } | undefined,
): boolean {
  if (playheadNs === askedAtNs || call === undefined) return playheadNs === askedAtNs;
  return playheadNs >= call.startNs && !(playheadNs > call.endNs);
}
