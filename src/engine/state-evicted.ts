// Where state is asked for that was evicted, and of which position of a process it is asked for.
import { type Result, failed, ok } from "../shared/base/result.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { instant, seq } from "../shared/trace/time.js";
import type { Hole } from "../shared/trace/write.js";
import type { UpTo } from "./replay/state-at.js";
import { type CallAt, type ProcessCut, cutAt, processCut } from "./state-cut.js";
import type { Subject } from "./state-subject.js";

/** How far a process is shown at a position; of several processes none shows an effect without its cause. */
export async function cutFor(subject: Subject, at: CallAt): Promise<Result<ProcessCut, HindcastError>> {
  const { access, state, process, asker } = subject;
  const { processes } = access.facts();
  const shown =
    processes.length > 1
      ? processCut(await cutAt(access, state.messages, at, asker), process, processes)
      : { upTo: at.kind === "instant" ? { instant: instant(at.instant) } : { seq: seq(at.seq) }, cut: undefined };
  const evicted = await evictedAt(subject, shown.upTo);
  return evicted === undefined ? ok(shown) : failed(evicted);
}

/** What was evicted may have had it. */
export async function noSuchPath(
  subject: Subject,
  { path, scope }: { readonly path: string; readonly scope: string },
): Promise<HindcastError> {
  const hole = (await holesOf(subject)).at(-1);
  return hole === undefined
    ? hindcastError("no-such-path", { path, scope })
    : hindcastError("no-such-path-kept", { path, scope, since: isoTime(hole.last) });
}

async function evictedAt(subject: Subject, upTo: UpTo): Promise<HindcastError | undefined> {
  const hole = (await holesOf(subject)).find((one) => isInside(one, upTo));
  if (hole === undefined) return undefined;
  const process = subject.access.facts().processes.find((one) => one.process === subject.process);
  const details = { process: process?.serviceName ?? String(subject.process), since: isoTime(hole.last) };
  return hindcastError("evicted", details);
}

/** An answer about a position. It may have been evicted since it was found to be there. */
export async function unlessEvicted<Value>(
  subject: Subject,
  upTo: UpTo,
  answer: Promise<Result<Value, HindcastError>>,
): Promise<Result<Value, HindcastError>> {
  const answered = await answer;
  const evicted = await evictedAt(subject, upTo);
  return evicted === undefined ? answered : failed(evicted);
}

/** Not before it. */
const isoTime = (at: bigint): string => new Date(Number((at + 999_999n) / 1_000_000n)).toISOString();

export const holesOf = async ({ access, process }: Subject): Promise<readonly Hole[]> =>
  (await access.holes?.(process)) ?? [];

/** After the first of the writes that were evicted, and not after the last. */
const isInside = ({ firstSeq, lastSeq, first, last }: Hole, upTo: UpTo): boolean =>
  "seq" in upTo ? upTo.seq >= firstSeq && upTo.seq < lastSeq : upTo.instant >= first && upTo.instant < last;
