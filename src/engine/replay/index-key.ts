// Which property keys are array indexes.

/** The array index a property key stands for, if it is one. */
export function indexFromKey(key: string): number | undefined {
  const first = key.charCodeAt(0);
  // Hardly any begins with a digit.
  if (!(first >= 48 && first <= 57)) return undefined;
  if (!/^(?:0|[1-9]\d{0,9})$/.test(key)) return undefined;
  const index = Number(key);
  return index < 2 ** 32 - 1 ? index : undefined;
}
