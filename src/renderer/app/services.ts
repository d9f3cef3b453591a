// The recorded processes as people speak of them: by service, those that did most first, with what a tooltip says of each.
import { inFamilies, pidText } from "../../shared/protocol/process-families.js";
import type { ProcessSummary } from "../../shared/protocol/recording-summary.js";
import { endingOf } from "../state/how-ended.js";
import { byWeight } from "../state/process-order.js";

export interface Service {
  readonly name: string;
  /** In the order in which they began. */
  readonly members: readonly ProcessSummary[];
  /** From 1 on; there are eight colours. */
  readonly category: number;
  readonly hasEnded: boolean;
}

export function servicesOf(processes: readonly ProcessSummary[]): Service[] {
  const names = new Set(byWeight(processes).map(({ serviceName }) => serviceName));
  return [...names].map((name) => {
    const members = processes.filter(({ serviceName }) => serviceName === name);
    const category = members[0]?.category ?? 8;
    return { name, members, category, hasEnded: members.every(({ ended }) => ended !== undefined) };
  });
}

const mostListed = 24;

/** Each below the one that started it; of a thread its ending alone, the rest is its process's. */
export function aboutMembers({ members }: Service): string {
  const listed = inFamilies(members).slice(0, mostListed);
  const more = members.length > mostListed ? [`… and ${members.length - mostListed} more`] : [];
  return [...listed.map(({ process, depth }) => indented(textOf(process), depth)), ...more].join("\n\n");
}

const textOf = (one: ProcessSummary): string =>
  one.thread === undefined
    ? `${one.serviceName}, ${pidText(one)}, Node ${one.nodeVersion.replace(/^v/, "")}\n${one.argv.join(" ")}\n${endingOf(one)}`
    : `${one.serviceName}, ${pidText(one)}\n${endingOf(one)}`;

const indented = (text: string, depth: number): string => text.replace(/^/gm, "\u2003".repeat(depth));
