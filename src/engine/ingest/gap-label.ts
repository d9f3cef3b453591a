// What a gap says to people: why records are missing, and which.
import { type GapReason, type LostKind, type LostKinds, lostKinds } from "../../shared/protocol/agent-records.js";
import { gapLabels } from "../store/schema.js";

const words = {
  events: ["event", "events"],
  spans: ["span boundary", "span boundaries"],
  logs: ["log line", "log lines"],
  metrics: ["sample", "samples"],
  writes: ["state write", "state writes"],
} as const;

/** Nothing is missing in it: nothing happened. */
export const standstillLabel = (ms: number): string =>
  `stood still for ${(ms / 1000).toFixed(1)} s: the program or the machine was suspended`;

export function gapLabel(reason: GapReason, of: LostKinds): string {
  const named = countedKinds(of, words);
  return named.length === 0 ? gapLabels[reason] : `${gapLabels[reason]} (${named.join(", ")})`;
}

/** Of a stage of the pipeline a span counts once, and what is left out of state are whole scopes. */
const filteredWords = { ...words, spans: ["span", "spans"], writes: ["scope of state", "scopes of state"] } as const;

/** `stage`: its place, and what it does. */
export const filteredLabel = (stage: string, of: LostKinds): string =>
  `left out by stage ${stage} (${countedKinds(of, filteredWords).join(", ")})`;

const countedKinds = (of: LostKinds, names: Readonly<Record<LostKind, readonly [string, string]>>): string[] =>
  lostKinds.filter((kind) => of[kind] > 0).map((kind) => `${of[kind]} ${names[kind][of[kind] === 1 ? 0 : 1]}`);
