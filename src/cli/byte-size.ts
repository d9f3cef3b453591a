// Sizes as people type and read them: 64MB, 512KB, 1GB, or plain bytes. Units are powers of a thousand, as disks and file
// managers count.
const units: Readonly<Record<string, number>> = { "": 1, KB: 1e3, MB: 1e6, GB: 1e9 };

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

export const sizeText = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
