// What says where to look is compared with looking everywhere, which finds all there is.
import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { seeds } from "../../engine/replay/seeds.test-support.js";
import { framedPatterns } from "../../redact/framed-patterns.js";
import { type Below, textMatching } from "./matching.test-support.js";
import { Pseudonyms } from "../../redact/pseudonyms.js";
import { SecretKeys } from "../../redact/secret-keys.js";
import { everySign } from "../../redact/signs.js";
import { Texts } from "../../redact/texts.js";
import { blockPatterns, tokenPatterns } from "../../redact/token-patterns.js";

const settings = { keys: ["favourite colour", "q"], prefixes: ["acme_", "Ü"], allow: [] };
const keys = new SecretKeys(settings);
const texts = new Texts(new Pseudonyms("t"), keys, settings);
const everywhere = new Texts(new Pseudonyms("t"), keys, settings, () => everySign);
const patterns = [...blockPatterns, ...tokenPatterns, ...framedPatterns];

const names = [
  ..."password passWord PASSWD api_key apiKeys auth sid x-api-key dbPw OTP2 cardNumber session token_hash Set-Cookie".split(
    " ",
  ),
  ..."name value content code sess page id user keyboard author passed favouriteColour q mnemonic ccNumber SSN".split(
    " ",
  ),
  ...["api key", "credit card no", "pin code", "recovery codes", "\u001b[32mtoken\u001b[39m", "Token\\", "a[secret]"],
];
const values = [
  "hunter2!",
  "8f2e1c77aa",
  "'x1'",
  '"x1"',
  "[ 'a' ]",
  "42",
  "https://a:b@h/",
  "true",
  "a%3Dtoken%3Dx%26b",
  "é\u0441",
];
const fillers = [
  ...[
    "some ",
    "words, ",
    "path/",
    "x",
    "\n",
    "\\n",
    " ",
    "}",
    "{ ",
    '"',
    "'",
    "a.b",
    "12.50 ",
    "0".repeat(20),
    "-",
    "--",
    "<a>",
  ],
  ...[
    "\u0170\u0161\u0173\u0173",
    "€",
    "😀",
    "K",
    "key",
    "sk-",
    "pat",
    "==",
    "://",
    "@",
    "eyJ",
    "SG.",
    "AKIA",
    "bearer ",
    "password ",
  ],
];

const kinds: readonly ((below: Below) => string)[] = [
  (below) => pick(fillers, below),
  (below) => pick(fillers, below),
  (below) => textMatching(pick(patterns, below).pattern, below),
  (below) => `${pick(names, below)}${pick(["=", ": ", " = ", "=>", ":"], below)}${pick(values, below)}`,
  (below) => `"${pick(names, below)}":${JSON.stringify(pick(values, below))},`,
  (below) => `--${pick(names, below)} ${pick(values, below)}`,
  (below) => `<${pick(names, below)}>${pick(values, below)}</${pick(names, below)}>`,
  (below) => `{"name":"${pick(names, below)}",${pick(["", '"a":1,'], below)}"value":"${pick(values, below)}"}`,
  (below) => `{"value":"${pick(values, below)}","name":"${pick(names, below)}"}`,
  (below) => `; name="${pick(names, below)}"\r\n\r\n${pick(values, below)}\r\n`,
  (below) => `<input ${"a ".repeat(below(300))}name="${pick(names, below)}" value="${pick(values, below)}">`,
  (below) => `<entry ${"a ".repeat(below(300))}key="${pick(names, below)}">${pick(values, below)}</entry>`,
  (below) => `?a=1&${pick(names, below)}=${pick(values, below)}`,
  (below) => `${pick(names, below)}:\n  - ${pick(values, below)}\n  ${pick(names, below)}: ${pick(values, below)}\n`,
  (below) => `acme_${"x".repeat(below(9))}`,
];
const pick = <Item>(list: readonly [Item, ...Item[]] | readonly Item[], below: Below): Item => {
  const item = list[below(list.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
};

function randomText(below: Below): string {
  const most = below(40) === 0 ? 600 : 8;
  let text = Array.from({ length: 1 + below(most) }, () => pick(kinds, below)(below)).join("");
  if (below(4) === 0) text = JSON.stringify({ text });
  if (below(8) === 0) text = text.slice(below(text.length), text.length - below(8));
  // Where what is looked at at once ends.
  return below(30) === 0 ? "lorem ipsum ".repeat(600 + below(200)).slice(below(12)) + text : text;
}

describe("what is redacted in a text", () => {
  for (const seed of seeds(1, 2, 3))
    it(`is what looking everywhere would find (seed ${seed})`, () => {
      const random = randomFrom(seed);
      const below: Below = (count) => Math.floor(random() * count);
      for (let round = 0; round < 700; round++) {
        const text = randomText(below);
        expect(texts.redacted(text), JSON.stringify(text)).toBe(everywhere.redacted(text));
      }
    });

  it.each(patterns.map((pattern) => [pattern.kind, pattern] as const))(
    "has every form of %s",
    (_, { kind, pattern }) => {
      const random = randomFrom(7);
      const below: Below = (count) => Math.floor(random() * count);
      const ends = ["", " ", "a", "é ", "€ "];
      for (let round = 0; round < 40; round++) {
        const text = pick(ends, below) + textMatching(pattern, below) + pick(ends, below);
        expect(texts.redacted(text), `${kind}: ${JSON.stringify(text)}`).toBe(everywhere.redacted(text));
      }
    },
  );
});
