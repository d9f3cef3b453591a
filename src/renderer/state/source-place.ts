// What Source shows: a file of the program, a line of it, and one call of a function in it.
export interface AskedCall {
  readonly process: number;
  readonly spanId: string;
  readonly startNs: number;
}

export interface SourcePlace {
  readonly file: string;
  /** From 1; 0 = the file as a whole. */
  readonly line: number;
  readonly call?: AskedCall | undefined;
}

const keys = { file: "source", call: "source-call" } as const;

export function sourcePlaceFrom(kept: URLSearchParams): SourcePlace | undefined {
  const [, file, line] = /^([^]+):(\d{1,7})$/.exec(kept.get(keys.file) ?? "") ?? [];
  if (file === undefined) return undefined;
  const [, process, spanId, startNs] = /^(\d{1,6})\.([0-9a-f]{16})\.(\d{1,17})$/.exec(kept.get(keys.call) ?? "") ?? [];
  const call = spanId === undefined ? {} : { call: { process: Number(process), spanId, startNs: Number(startNs) } };
  return { file, line: Number(line), ...call };
}

export function keepSourcePlace(kept: URLSearchParams, place: SourcePlace | undefined): void {
  if (place === undefined) return;
  kept.set(keys.file, `${place.file}:${place.line}`);
  const { call } = place;
  if (call !== undefined)
    kept.set(keys.call, `${call.process}.${call.spanId}.${Math.max(0, Math.round(call.startNs))}`);
}
