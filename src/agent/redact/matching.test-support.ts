// Texts that a regular expression matches, for those this folder is made of: a small part of their grammar, and anything else
// fails. What has to stand before or after a match is made, too; what must not is left to luck.

export type Below = (count: number) => number;

const ascii = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at));
const classes: Readonly<Record<string, (unit: string) => boolean>> = {
  d: (unit) => unit >= "0" && unit <= "9",
  w: (unit) => /\w/.test(unit),
  s: (unit) => unit === " ",
  S: (unit) => unit !== " ",
};

export function textMatching({ source }: RegExp, below: Below): string {
  let at = 0;

  const alternatives = (): string => {
    const all = [sequence()];
    while (source[at] === "|") {
      at++;
      all.push(sequence());
    }
    return all[below(all.length)] ?? "";
  };

  const sequence = (): string => {
    let text = "";
    while (at < source.length && source[at] !== "|" && source[at] !== ")") {
      const start = at;
      text += repeated(element(), () => {
        const end = at;
        at = start;
        const again = element();
        at = end;
        return again;
      });
    }
    return text;
  };

  /** At most a few more than there have to be. */
  const repeated = (first: string, again: () => string): string => {
    const found = /^(?:\{(\d+)(,?)(\d*)\}|[?*+])\??/.exec(source.slice(at));
    if (found === null) return first;
    const [whole, from, isRange, to] = found;
    const least = from === undefined ? (whole.startsWith("+") ? 1 : 0) : Number(from);
    const most = from === undefined ? (whole.startsWith("?") ? 1 : 8) : isRange === "" ? least : Number(to);
    const count = least + below(Math.min(most - least, below(8) === 0 ? 300 : 6) + 1);
    const end = at + whole.length;
    let text = count === 0 ? "" : first;
    for (let more = 1; more < count; more++) text += again();
    at = end;
    return text;
  };

  const element = (): string => {
    const unit = source[at++] ?? "";
    if (unit === "^" || unit === "$") return "";
    if (unit === "(") return group();
    if (unit === "[") return oneOf(setOf());
    return unit === "\\" ? escaped() : unit;
  };

  const group = (): string => {
    const [opening] = /^\?(?:<?[=!]|:)/.exec(source.slice(at)) ?? [""];
    at += opening.length;
    const text = alternatives();
    at++; // the bracket
    return opening.endsWith("!") ? "" : text;
  };

  const escaped = (): string => {
    const unit = source[at++] ?? "";
    if (unit === "b") return "";
    const has = classes[unit];
    return has === undefined ? unit : oneOf(ascii.filter(has));
  };

  const setOf = (): string[] => {
    const isNot = source[at] === "^";
    if (isNot) at++;
    const units = new Set<string>();
    for (; source[at] !== "]"; at++) {
      const unit = source[at] ?? "";
      const has = unit === "\\" ? classes[source[at + 1] ?? ""] : undefined;
      if (unit === "\\") at++;
      const from = source[at] ?? "";
      if (has !== undefined) for (const one of ascii.filter(has)) units.add(one);
      else if (source[at + 1] === "-" && source[at + 2] !== "]") {
        const to = source[at + 2] ?? "";
        for (const one of ascii) if (one >= from && one <= to) units.add(one);
        at += 2;
      } else units.add(from);
    }
    at++;
    return isNot ? ascii.filter((unit) => !units.has(unit)) : [...units];
  };

  const oneOf = (units: readonly string[]): string => units[below(units.length)] ?? "a";

  const text = alternatives();
  if (at !== source.length) throw new Error(`this is not understood: ${source.slice(at)}`);
  return text;
}
