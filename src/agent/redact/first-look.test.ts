import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { holds, mayHold, showsNothing } from "../../redact/first-look.js";

/** What `holds` means, as one would write it down. */
function plainly(text: string): number {
  if (text.length < 5) return 0;
  const longest = Math.max(0, ...(text.match(/[\w./+-]+/g) ?? []).map(({ length }) => length));
  const tells = /\bbasic\b|\bbearer\b|--|(?:^|[\s"'[,(])-[a-z]|\bidentified\s|\bpassword\s{0,4}['"(en]/i.test(text);
  const hasToken = longest >= 16 || tells;
  return (
    (/[=:@<&\\]/.test(text) || hasToken ? holds.pairs : 0) |
    (hasToken ? holds.tokens : 0) |
    (/\d(?:[ -]*\d){13,}/.test(text) ? holds.card : 0) |
    (text.includes("%") ? holds.escapes : 0)
  );
}

const pieces = [
  ...["a", "7", " ", "-", "_", "%", "=", ":", "@", "<", "&", "\\", '"', "'", "(", ",", "[", ".", "+", "\t"],
  ...[
    "word",
    "Basic ",
    "bearer\u00a0",
    "IDENTIFIED by",
    "password '",
    "passwords",
    "basics",
    "4111 1111 1111 1111",
    "12-",
  ],
  ...["é", "€", "😀", "\ud800", "\u202f-x", "\u205f", "--", " -p", "a-b", "0123456789abcde", "0123456789abcdef", ". "],
];

describe("the first look at a text", () => {
  for (const seed of [1, 2, 3])
    it(`sees what may be there, in texts of any length (seed ${seed})`, () => {
      const random = randomFrom(seed);
      const below = (count: number): number => Math.floor(random() * count);
      for (let round = 0; round < 4000; round++) {
        const ofWords = random() < 0.5;
        const length = round % 50 === 0 ? 4000 + below(8000) : 1 + below(12);
        const list = Array.from({ length }, () =>
          ofWords && random() < 0.9 ? ["some ", "words ", "x"][below(3)] : pieces[below(pieces.length)],
        );
        const text = list.join("");
        expect(mayHold(text), JSON.stringify(text)).toBe(plainly(text));
        const bytes = new TextEncoder().encode(`password=${text} --x`);
        if (showsNothing(bytes, 9, bytes.length - 4)) expect(plainly(Buffer.from(text).toString())).toBe(0);
      }
    });
});
