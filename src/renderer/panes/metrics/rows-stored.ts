// What Metrics shows of each recording, kept per browser or desktop profile: the recordings that were changed last.
import type { MetricsPlace } from "../../state/metrics-place.js";

type Kept = Pick<Storage, "getItem" | "setItem">;

const storageKey = "hindcast.metrics";
const mostRecordings = 50;

interface Entry {
  readonly recording: string;
  readonly rows?: string | undefined;
  readonly before: boolean;
  /** Absent: what is unusual is marked. */
  readonly unmarked?: boolean;
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== "object" || value === null) return false;
  if (!("recording" in value && typeof value.recording === "string")) return false;
  if ("rows" in value && typeof value.rows !== "string") return false;
  if ("unmarked" in value && typeof value.unmarked !== "boolean") return false;
  return "before" in value && typeof value.before === "boolean";
}

export function storedRows(storage: Kept, recording: string): MetricsPlace | undefined {
  const found = entriesOf(storage).find((one) => one.recording === recording);
  return found === undefined
    ? undefined
    : { rows: found.rows, comparesBefore: found.before, hidesUnusual: found.unmarked ?? false };
}

export function storeRows(storage: Kept, recording: string, place: MetricsPlace): void {
  const { rows, comparesBefore, hidesUnusual = false } = place;
  const others = entriesOf(storage).filter((one) => one.recording !== recording);
  const kept = [{ recording, rows, before: comparesBefore, unmarked: hidesUnusual }, ...others].slice(
    0,
    mostRecordings,
  );
  storage.setItem(storageKey, JSON.stringify(kept));
}

function entriesOf(storage: Kept): readonly Entry[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(storageKey) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => isEntry(one)) : [];
  } catch {
    return [];
  }
}
