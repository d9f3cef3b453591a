// What a person types to go to a time: `+1.5s` or `-200ms` from the start (or end), an ISO time, epoch nanoseconds,
// or a time of day within the recording such as 14:20:31.642.

export interface TimeContext {
  readonly start: bigint;
  readonly end: bigint;
  /** For times of day, and ISO times without a zone: minutes to add to UTC for the viewer's clock. */
  readonly zoneMinutes: number;
}

const unitNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 6e10,
  min: 6e10,
  h: 3.6e12,
};
const dayNs = 86_400_000_000_000n;

/** The instant meant; undefined when the text is not a time. It may lie outside of the recording. */
export function instantFromInput(text: string, context: TimeContext): bigint | undefined {
  const trimmed = text
    .trim()
    .replace(/[\u2009\u202f ]+(?=\d)/g, "")
    .replace("−", "-");
  return (
    offsetInstant(trimmed, context) ??
    epochInstant(trimmed) ??
    timeOfDay(trimmed, context) ??
    isoInstant(trimmed, context)
  );
}

function offsetInstant(text: string, { start, end }: TimeContext): bigint | undefined {
  const sign = text[0];
  if (sign !== "+" && sign !== "-") return undefined;
  const from = sign === "+" ? start : end;
  const ns = lengthNs(text.slice(1));
  if (ns === undefined) return undefined;
  return sign === "+" ? from + ns : from - ns;
}

/** `1.5s`, `250ms`, `1:02.5`, `1m30s`; a bare number is seconds. */
function lengthNs(text: string): bigint | undefined {
  const clock = /^(?:(\d+):)?(\d+):(\d+(?:\.\d{1,9})?)$/.exec(text);
  if (clock !== null) {
    const [, hours = "0", minutes = "0", seconds = "0"] = clock;
    return BigInt(Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1e9));
  }
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|min|m|s|h)?/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== text) return undefined;
  let total = 0;
  for (const [, number = "0", unit = "s"] of parts) total += Number(number) * (unitNs[unit] ?? 1e9);
  return BigInt(Math.round(total));
}

const epochInstant = (text: string): bigint | undefined => (/^\d{15,20}$/.test(text) ? BigInt(text) : undefined);

/** The first such time of day at or after the start; with midnight between, the one on the next day. */
function timeOfDay(text: string, { start, end, zoneMinutes }: TimeContext): bigint | undefined {
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?$/.exec(text);
  if (match === null) return undefined;
  const [, hours = "0", minutes = "0", seconds = "0", fraction = ""] = match;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const zoneNs = BigInt(zoneMinutes) * 60_000_000_000n;
  const midnight = ((start + zoneNs) / dayNs) * dayNs - zoneNs;
  const sinceMidnight =
    BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1_000_000_000n +
    BigInt(fraction.padEnd(9, "0"));
  const sameDay = midnight + sinceMidnight;
  return sameDay < start && sameDay + dayNs <= end ? sameDay + dayNs : sameDay;
}

/** ISO 8601 with up to nine digits after the second; without a zone it is the viewer's. */
function isoInstant(text: string, { zoneMinutes }: TimeContext): bigint | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ]?(\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?(Z|[+-]\d{2}:?\d{2})?$/i.exec(
    text,
  );
  if (match === null) return undefined;
  const [, day = "", minutes = "00:00", seconds = "00", fraction = "", zone] = match;
  const utcMs = Date.parse(`${day}T${minutes}:${seconds}Z`);
  if (Number.isNaN(utcMs)) return undefined;
  const shiftMinutes = zone === undefined ? zoneMinutes : zoneShift(zone);
  return BigInt(utcMs - shiftMinutes * 60_000) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

function zoneShift(zone: string): number {
  if (zone.toUpperCase() === "Z") return 0;
  const [, sign = "+", hours = "0", minutes = "0"] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
