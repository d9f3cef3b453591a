// How much memory the agents' rings take in the recorded programs: one in each process, and one in each worker thread.
import { ringBytesFor } from "../trace/ring-resized.js";
import { type CaptureSettings, defaultDelivery } from "./agent-wire.js";
import type { ProcessSummary } from "./recording-summary.js";

/** What the ring of a process, or of one of its threads, begins with. */
export const ringBytesAtFirst = (
  { delivery = defaultDelivery }: Pick<CaptureSettings, "delivery">,
  isThread: boolean,
): number => ringBytesFor(delivery.ringBytes, isThread);

export interface RingCost {
  readonly bytes: number;
  readonly processes: number;
  readonly threads: number;
}

type Ringed = Pick<ProcessSummary, "kind" | "start" | "lastSeen" | "ended" | "ringBytes">;

/** The most that there was at one time, each ring counted with the most it had. */
export function ringCost(processes: readonly Ringed[]): RingCost {
  const changes = processes.flatMap((one) => {
    const { kind, start, lastSeen, ended, ringBytes = 0 } = one;
    const isThread = kind === "worker thread";
    return [
      { at: start, sign: 1, isThread, bytes: ringBytes },
      { at: ended?.at ?? lastSeen, sign: -1, isThread, bytes: ringBytes },
    ];
  });
  // Who ends when another starts made room for it.
  changes.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.sign - b.sign));
  let now: RingCost = { bytes: 0, processes: 0, threads: 0 };
  let most = now;
  for (const { sign, isThread, bytes } of changes) {
    now = {
      bytes: now.bytes + sign * bytes,
      processes: now.processes + (isThread ? 0 : sign),
      threads: now.threads + (isThread ? sign : 0),
    };
    if (now.bytes > most.bytes) most = now;
  }
  return most;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** Whose rings these are. */
export const ringOwnersText = ({ processes, threads }: RingCost): string =>
  [
    processes === 1 ? "1 process" : `${processes} processes`,
    ...(threads === 0 ? [] : [counted(threads, "worker thread")]),
  ].join(" and ");
