// Texts in which `*` stands for anything. Compared in one go from left to right: no value of the program's makes it slow.

export function matcherOf(pattern: string): (text: string) => boolean {
  const parts = pattern.split("*");
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  if (parts.length === 1) return (text) => text === pattern;
  const between = parts.slice(1, -1).filter((part) => part !== "");
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const part of between) {
      const found = text.indexOf(part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}

/** Whether any of them matches. */
export function matcherOfAny(patterns: readonly string[]): (text: string) => boolean {
  const matchers = patterns.map(matcherOf);
  return (text) => matchers.some((matches) => matches(text));
}
