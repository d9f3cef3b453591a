// What one pass over a text's bytes shows that it may hold. Most texts hold nothing secret, and most of those show it here: no
// run long enough for a token, no separator that could follow a name, no digits for a card, no word that tells.

/** What a text may hold, as bits. */
export const holds = { pairs: 1, tokens: 2, card: 4, escapes: 8, everything: 15 } as const;

/** What a character can be, as bits. */
const units = { separator: 1, percent: 2, dash: 4, token: 8, digit: 16, ofCard: 32 } as const;
/** Of UTF-8: a character beyond ASCII is nothing of this. */
const unitClasses = new Uint8Array(256);

const leastTokenUnits = 16;
const leastCardDigits = 14;
/** Of characters between digits, too; one less than there have to be, as there are no more bits. */
const leastCardUnits = leastCardDigits - 1;

/** `count` ones from `shift` on. */
const ones = (count: number, shift: number): number => (2 ** count - 1) << shift;

/**
 * What is looked for in a row, a bit for each character of it: three letters of words that tell, a token, a card. A bit is set where the
 * one before it was set for the character before, and where this character may stand there; the last one says that all of it came.
 */
const rows = {
  first: ones(1, 0),
  second: ones(1, 1),
  third: ones(1, 2),
  token: ones(leastTokenUnits, 3),
  card: ones(leastCardUnits, 3 + leastTokenUnits),
} as const;
const wordCame = rows.third;
const tokenCame = 1 << (2 + leastTokenUnits);
const cardCame = 1 << (2 + leastTokenUnits + leastCardUnits);
/** Each may begin with any character. */
const beginnings = 1 | (1 << 3) | (1 << (3 + leastTokenUnits));
const unitRows = new Int32Array(256);

const classify = (characters: string, bits: number, row = 0): void => {
  for (const unit of characters) {
    const code = unit.charCodeAt(0);
    unitClasses[code] = (unitClasses[code] ?? 0) | bits;
    unitRows[code] = (unitRows[code] ?? 0) | row;
  }
};
classify("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./+", units.token, rows.token);
classify("0123456789", units.digit);
classify("=:@<&\\", units.separator);
classify("%", units.percent);
classify("0123456789 -", units.ofCard, rows.card);
classify("-", units.dash);
// In what only words tell: BASic, BEArer, IDEntified by, PASsword '…'.
classify("bBiIpP", 0, rows.first);
classify("aAeEdD", 0, rows.second);
classify("sSaAeE", 0, rows.third);

const wordsThatTell = /\bbasic\b|\bbearer\b|--|(?:^|[\s"'[,(])-[a-z]|\bidentified\s|\bpassword\s{0,4}['"(en]/i;

/** Shorter texts have room neither for a name and its value nor for a token. */
const leastUnits = 5;

/** Of a text that may have a word that tells. */
const told = 16;

/** Bits of `holds`, and `told`, of UTF-8. One pass without a branch, because what comes next in a text is never known. */
function lookAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < leastUnits) return 0;
  let seen = 0;
  let row = 0;
  let came = 0;
  for (let at = start; at < end; at++) {
    const unit = bytes[at] ?? 0;
    seen |= unitClasses[unit] ?? 0;
    row = ((row << 1) | beginnings) & (unitRows[unit] ?? 0);
    came |= row;
  }
  const hasWord = (came & wordCame) !== 0 || ((seen & units.dash) !== 0 && hasOption(bytes, start, end));
  return (
    ((seen & units.separator) !== 0 ? holds.pairs : 0) |
    ((came & tokenCame) !== 0 ? holds.pairs | holds.tokens : hasWord ? told : 0) |
    ((came & cardCame) !== 0 && hasCard(bytes, start, end) ? holds.card : 0) |
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
