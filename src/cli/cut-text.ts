// What the command line says of clocks and of the order between processes.
import type { StateCut } from "../shared/protocol/engine-rows.js";
import type { ProcessSummary } from "../shared/protocol/recording-summary.js";
import { durationText } from "./time-text.js";

const lengthOf = (ns: bigint): string => durationText(Number(ns < 0n ? -ns : ns));

/** Undefined where the process is simply shown at the instant asked for. */
export function movedText(cut: StateCut | undefined): string | undefined {
  if (cut === undefined || cut.movedNs >= 0n) return undefined;
  return `Shown as it was ${lengthOf(cut.movedNs)} earlier by its own clock: then it received what by the sender's clock is not sent yet at that instant.`;
}

/** "", or how closely the processes of a recording are shown as they were at one moment. */
export const withinText = (cut: StateCut | undefined): string =>
  cut?.uncertaintyNs === undefined ? "" : `; all processes as they were within ${lengthOf(cut.uncertaintyNs)}`;

/** The clock of a single process is worth a line when it is off by as much. */
const worthSayingNs = 1_000_000n;

/** One line, or none when the clock was not measured; `isOneOfSeveral` processes of a recording. */
export function clockText({ clock }: ProcessSummary, isOneOfSeveral: boolean): string[] {
  if (clock === undefined) return [];
  const { offsetNs, uncertaintyNs } = clock;
  const distance = offsetNs < 0n ? -offsetNs : offsetNs;
  if (!isOneOfSeveral && distance < worthSayingNs) return [];
  const isRight = distance <= uncertaintyNs;
  const relation = offsetNs < 0n ? "behind" : "ahead of";
  const offset = isRight ? "as Hindcast's" : `${lengthOf(offsetNs)} ${relation} Hindcast's`;
  return [`     clock: ${offset}, ± ${lengthOf(uncertaintyNs)}`];
}
