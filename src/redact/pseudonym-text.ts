// What stands in place of a secret, as a text shows it, and who makes it.

const exact = /^\[redacted:[a-z0-9-]+#[0-9a-f]{12}\]$/;
export const pseudonymAt = /\[redacted:[a-z0-9-]+#[0-9a-f]{12}\]/y;

export const isPseudonym = (text: string): boolean =>
  text.charCodeAt(0) === 0x5b && text.length < 128 && exact.test(text);

/** Makes them, and counts what it made. */
export interface Pseudonyms {
  of(kind: string, secret: string): string;
  /** Counts nothing of what `work` asks for: it only wants to know. */
  uncounted<Answer>(work: () => Answer): Answer;
}
