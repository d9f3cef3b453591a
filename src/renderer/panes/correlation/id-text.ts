// How a typed id is looked for, and rows of two searches as one list.

/** A trace or span id: 32 or 16 hexadecimal digits, also with what names it in front. */
export function hexIdFrom(text: string): string | undefined {
  const [, id] = /^(?:[\w.-]*(?:trace|span)[\w.-]*[:=]\s*)?([0-9a-f]{32}|[0-9a-f]{16})$/i.exec(text.trim()) ?? [];
  return id?.toLowerCase();
}

/** As `search.page` takes it: of `key:value` or `key=value` both have to be in the row, in whatever notation. */
export function searchTextFrom(text: string): string {
  const quoted = (phrase: string): string => `"${phrase.replace(/[\\"]/g, "\\$&")}"`;
  const [, key, value] = /^([A-Za-z_][\w.-]*)[:=]\s*([^/].*)$/.exec(text.trim()) ?? [];
  return key === undefined || value === undefined ? quoted(text.trim()) : `${quoted(value)} ${quoted(key)}`;
}

interface Placed {
  readonly kind: string;
  readonly process: number;
  readonly seq: number;
  readonly timeNs: number;
}

/** Each record once, in the order of time; those of the first list are kept. */
export function merged<Row extends Placed>(first: readonly Row[], second: readonly Row[]): readonly Row[] {
  const keyOf = ({ kind, process, seq }: Placed): string => `${kind} ${process}.${seq}`;
  const known = new Set(first.map(keyOf));
  return [...first, ...second.filter((row) => !known.has(keyOf(row)))].toSorted(
    (a, b) => a.timeNs - b.timeNs || a.process - b.process || a.seq - b.seq,
  );
}
