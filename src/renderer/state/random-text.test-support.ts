// Texts that nobody would think of, the same for the same seed.
import { randomFrom } from "../../shared/base/random.test-support.js";

const characters = [
  "%",
  "%2",
  "&",
  "=",
  "#",
  "+",
  " ",
  "ü",
  "\n",
  "\0",
  "😀",
  "\uD800",
  "<",
  "9",
  "a",
  ".",
  "-",
  "_",
  '"',
  "[",
];

export function randomTexts(seed: number) {
  const next = randomFrom(seed);
  const below = (most: number): number => Math.floor(next() * most);
  const oneOf = <Value>(values: readonly [Value, ...Value[]]): Value => values[below(values.length)] ?? values[0];
  return {
    below,
    oneOf,
    isTrue: () => next() < 0.5,
    text: (most: number) => Array.from({ length: below(most) }, () => characters[below(characters.length)]).join(""),
    digits: () => Array.from({ length: 1 + below(24) }, () => String(below(10))).join(""),
  };
}
