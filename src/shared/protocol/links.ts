// Links to a place in a recording: `hindcast://open?file=PATH&at=NS…`. What stands behind the question mark is what the window's
// address keeps after its #, so a link leads to whatever an address can.

const prefix = "hindcast://open";

/** `kept`: as in the window's address, with or without its #. */
export const linkOf = (kept: string): string => `${prefix}?${kept.replace(/^#/, "")}`;

export const linkToInstant = (path: string, at: bigint): string => linkOf(`file=${encodeURIComponent(path)}&at=${at}`);

/** What the window's address keeps after its #; undefined for what is no such link. A place may stand behind a # of its own. */
export function keptInLink(text: string): string | undefined {
  const [, given] = /^hindcast:\/\/open\/?[?#]([^\s]+)$/i.exec(text.trim()) ?? [];
  const kept = given?.replaceAll("#", "&");
  const [, encoded = ""] = /(?:^|&)file=([^&]*)/.exec(kept ?? "") ?? [];
  const file = decoded(encoded);
  // A browser and other programs hand links over: none of them reaches for a file elsewhere on the network.
  return file === "" || /^(\\\\|\/\/)/.test(file) ? undefined : kept;
}

/** The recording that a link leads into; undefined for what is no such link. */
export function fileOfLink(text: string): string | undefined {
  const kept = keptInLink(text);
  return kept === undefined ? undefined : decoded(/(?:^|&)file=([^&]*)/.exec(kept)?.[1] ?? "");
}

export const isLink = (text: string): boolean => /^hindcast:/i.test(text.trim());

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return "";
  }
}
