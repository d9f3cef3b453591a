// Stretches of time in which clocks contradict messages, in order and apart from each other.
import { firstWhere } from "../../shared/base/first-where.js";
import type { Contradiction } from "../../shared/trace/message.js";
import type { Instant } from "../../shared/trace/time.js";

export function mergedStretches(
  known: readonly Contradiction[],
  more: readonly Contradiction[],
): readonly Contradiction[] {
  if (more.length === 0) return known;
  const merged: Contradiction[] = [];
  for (const stretch of [...known, ...more].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = merged.at(-1);
    if (last === undefined || stretch.from > last.to) merged.push(stretch);
    else
      merged[merged.length - 1] = {
        from: last.from,
        to: stretch.to > last.to ? stretch.to : last.to,
        mostNs: stretch.mostNs > last.mostNs ? stretch.mostNs : last.mostNs,
      };
  }
  return merged;
}

export function stretchAt(stretches: readonly Contradiction[], at: Instant): Contradiction | undefined {
  const found = stretches[firstWhere(stretches.length, (one) => (stretches[one]?.to ?? at) >= at)];
  return found !== undefined && found.from <= at ? found : undefined;
}
