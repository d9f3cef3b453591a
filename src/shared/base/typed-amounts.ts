// Lengths of time and sizes as people type them, on a command line or in a field.
const timeUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Powers of a thousand, as disks and file managers count. */
const sizeUnits: Readonly<Record<string, number>> = { "": 1, KB: 1e3, MB: 1e6, GB: 1e9 };

/** `30s`, `10m`, `12h`, `7d`, `500ms`; with a unit always. */
export function msFromText(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  const factor = timeUnits[unit];
  return number === undefined || factor === undefined ? undefined : Math.round(Number(number) * factor);
}

/** `64MB`, `512KB`, `1GB`, or plain bytes. */
export function bytesFromText(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d{1,15}(?:\.\d+)?)\s*([KMG]?B?)$/i.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  const factor =
    sizeUnits[
      unit
        .toUpperCase()
        .replace(/^([KMG])$/, "$1B")
        .replace(/^B$/, "")
    ];
  return factor === undefined ? undefined : Math.round(Number(number) * factor);
}
