// What one pass over a text's bytes shows that it may hold. Most texts hold nothing secret, and most of those show it here: no
// run long enough for a token, no separator that could follow a name, no digits for a card, no word that tells.

/** What a text may hold, as bits. */
export const holds = { pairs: 1, tokens: 2, card: 4, escapes: 8, everything: 15 } as const;

/** What a character can be part of, as bits; the two lowest are also counted in rows. */
const units = {
  token: 1,
  ofCard: 2,
  digit: 4,
  separator: 8,
  percent: 16,
  dash: 32,
  first: 256,
  second: 512,
  third: 1024,
} as const;
/** Of UTF-8: a character beyond ASCII is part of nothing. */
const unitClasses = new Uint16Array(256);
const classify = (characters: string, bits: number): void => {
  for (const unit of characters) unitClasses[unit.charCodeAt(0)] = (unitClasses[unit.charCodeAt(0)] ?? 0) | bits;
};
classify("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./+", units.token);
classify("0123456789", units.digit);
classify("=:@<&\\", units.separator);
classify("%", units.percent);
classify("0123456789 -", units.ofCard);
classify("-", units.dash);
/** In what only words tell: BASic, BEArer, IDEntified by, PASsword '…'. */
classify("bBiIpP", units.first);
classify("aAeEdD", units.second);
classify("sSaAeE", units.third);

const wordsThatTell = /\bbasic\b|\bbearer\b|--|(?:^|[\s"'[,(])-[a-z]|\bidentified\s|\bpassword\s{0,4}['"(en]/i;

const leastTokenUnits = 16;
const leastCardDigits = 14;
/** Shorter texts have room neither for a name and its value nor for a token. */
const leastUnits = 5;

/** Of a text that may have a word that tells. */
const told = 16;

/** A bit for each of the last characters: so many ones are so many of a kind in a row. */
const [tokenRow, cardRow] = [2 ** leastTokenUnits, 2 ** leastCardDigits];

/** Bits of `holds`, and `told`, of UTF-8. One pass without a branch, because what comes next in a text is never known. */
function lookAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < leastUnits) return 0;
  let [seen, words, before, beforeThat] = [0, 0, 0, 0];
  let [tokenBits, tokens, cardBits, cards] = [0, 0, 0, 0];
  for (let at = start; at < end; at++) {
    const found = unitClasses[bytes[at] ?? 0] ?? 0;
    seen |= found;
    words |= (beforeThat << 2) & (before << 1) & found;
    beforeThat = before;
    before = found;
    tokenBits = ((tokenBits << 1) | (found & 1)) & (tokenRow - 1);
    tokens |= tokenBits + 1;
    cardBits = ((cardBits << 1) | ((found >> 1) & 1)) & (cardRow - 1);
    cards |= cardBits + 1;
  }
  const hasToken = (tokens & tokenRow) !== 0;
  const hasWord = (words & units.third) !== 0 || ((seen & units.dash) !== 0 && hasOption(bytes, start, end));
  return (
    ((seen & units.separator) !== 0 ? holds.pairs : 0) |
    (hasToken ? holds.pairs | holds.tokens : hasWord ? told : 0) |
    ((cards & cardRow) !== 0 && hasCard(bytes, start, end) ? holds.card : 0) |
    ((seen & units.percent) !== 0 ? holds.escapes : 0)
  );
}

const classAt = (bytes: Uint8Array, at: number): number => unitClasses[bytes[at] ?? 0] ?? 0;

/** Digits with nothing but spaces and dashes between them. */
function hasCard(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start, digits = 0; at < end; at++) {
    const found = classAt(bytes, at);
    if ((found & units.ofCard) === 0) digits = 0;
    else if ((found & units.digit) !== 0 && ++digits >= leastCardDigits) return true;
  }
  return false;
}

/** A dash that follows another or no character of a word. */
function hasOption(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if ((classAt(bytes, at) & units.dash) === 0) continue;
    const before = at === start ? 0 : classAt(bytes, at - 1);
    if ((before & units.token) === 0 || (before & units.dash) !== 0) return true;
  }
  return false;
}

/** Whether UTF-8 has nothing that a closer look could find. */
export const showsNothing = (bytes: Uint8Array, start: number, end: number): boolean => lookAt(bytes, start, end) === 0;

const { apply } = Reflect;
/** A byte is read in a tenth of the time of a character of a text that was put together of others. */
const scratch = Buffer.allocUnsafeSlow(16 * 1024);
/** As it was before the program could change it. */
const { write } = scratch;
const mostUnitsAtOnce = 5000;
/** Whatever is looked for is found in one of two parts that share so much. */
const sharedUnits = 64;

/** What a text may hold, as bits of `holds`. */
export function mayHold(text: string): number {
  if (text.length < leastUnits) return 0;
  let found = 0;
  for (let at = 0; ; at += mostUnitsAtOnce - sharedUnits) {
    const part = text.length <= mostUnitsAtOnce ? text : text.slice(at, at + mostUnitsAtOnce);
    found |= lookAt(scratch, 0, apply(write, scratch, [part, 0, scratch.length]));
    if (at + mostUnitsAtOnce >= text.length) break;
  }
  const isTold = (found & told) !== 0 && wordsThatTell.test(text);
  return (found & holds.everything) | (isTold ? holds.pairs | holds.tokens : 0);
}
