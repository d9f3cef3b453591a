// Sizes as people type them: 64MB, 512KB, 1GB, or plain bytes. Units are powers of 1024.
const units: Readonly<Record<string, number>> = { "": 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 };

export function bytesFromText(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d{1,15}(?:\.\d+)?)\s*([KMG]?B?)$/i.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  const factor =
    units[
      unit
        .toUpperCase()
        .replace(/^([KMG])$/, "$1B")
        .replace(/^B$/, "")
    ];
  return factor === undefined ? undefined : Math.round(Number(number) * factor);
}

/** As people read it beside what file managers say: a megabyte of a thousand thousand bytes. */
export const sizeText = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
