// What the address keeps so that a reload comes back to the same place: the recording and the playhead.
// It stands in the hash (never sent to a server); `?open=PATH` is how a host says what to show first.

export interface KeptPlace {
  readonly path: string;
  /** Nanoseconds since the epoch; absent = the end of a saved recording, or following a live one. */
  readonly instant: bigint | undefined;
  /** The record the playhead stood right after, when it was stepped there: several may share the instant. */
  readonly record: { readonly process: number; readonly seq: number } | undefined;
}

export function placeFromAddress(hash: string, search: string): KeptPlace | undefined {
  const kept = new URLSearchParams(hash.replace(/^#/, ""));
  const path = kept.get("file");
  if (path !== null && path !== "") {
    return { path, instant: instantFromText(kept.get("at")), record: recordFromText(kept.get("record")) };
  }
  const wanted = new URLSearchParams(search).get("open");
  return wanted === null || wanted === "" ? undefined : { path: wanted, instant: undefined, record: undefined };
}

export function hashFromPlace(place: KeptPlace | undefined): string {
  if (place === undefined) return "";
  const kept = new URLSearchParams({ file: place.path });
  if (place.instant !== undefined) kept.set("at", String(place.instant));
  if (place.record !== undefined) kept.set("record", `${place.record.process}.${place.record.seq}`);
  return `#${kept.toString()}`;
}

const instantFromText = (text: string | null): bigint | undefined =>
  text !== null && /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;

function recordFromText(text: string | null): KeptPlace["record"] {
  const [, process, seq] = /^(\d{1,6})\.(\d{1,15})$/.exec(text ?? "") ?? [];
  return process === undefined || seq === undefined ? undefined : { process: Number(process), seq: Number(seq) };
}
