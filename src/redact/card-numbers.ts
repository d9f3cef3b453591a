// Payment card numbers: digits in the ranges that issuers use, with the right check digit. A tenth of all numbers has the
// right check digit, so the ranges matter: time stamps and most ids are in none of them.

/** Digits with single spaces or dashes between them, not part of a longer number, word or fraction. */
const candidates = /(?<![\w.+]|[\d_]-)\d(?:[ -]?\d){13,18}(?![\w]|-\d|\.\d)/g;

/** The same, as far as it is told quickly: most digits of which there are as many are part of a fraction or of a word. */
const mayBeCandidate = /(?:^|[^\w.+])\d(?:[ -]?\d){13}/;

export function replaceCards(text: string, replacement: (digits: string) => string): string {
  if (!mayBeCandidate.test(text)) return text;
  return text.replace(candidates, (found) => {
    const digits = found.replace(/[ -]/g, "");
    return isCardNumber(digits) && isGrouped(found) ? replacement(digits) : found;
  });
}

/** Card numbers are written in groups of four, Amex's in 4-6-5: digits a space apart each are something else. */
const isGrouped = (text: string): boolean => /^\d+$|^(?:\d{4}[ -]){2,4}\d{1,4}$|^\d{4}[ -]\d{6}[ -]\d{4,5}$/.test(text);

export function isCardNumber(digits: string): boolean {
  return isIssued(digits) && hasCheckDigit(digits);
}

/** Smallest number in an issuer's range: all below are answered by one comparison. */
export const leastCardNumber = 30_000_000_000_000;

function isIssued(digits: string): boolean {
  const four = Number(digits.slice(0, 4));
  const two = Math.floor(four / 100);
  switch (digits.length) {
    case 14:
      return two === 36 || two === 38 || two === 39 || (four >= 3000 && four <= 3059);
    case 15:
      return two === 34 || two === 37;
    case 16:
      return (
        (four >= 4000 && four <= 4999) ||
        (two >= 51 && two <= 55) ||
        (four >= 2221 && four <= 2720) ||
        four === 6011 ||
        (four >= 6440 && four <= 6599) ||
        (four >= 3528 && four <= 3589) ||
        two === 62
      );
    case 19: // No Visa card has as many digits as were once foreseen, and numbers of 64 bits often do.
      return two === 62;
    default:
      return false;
  }
}

function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, isDoubled = false; at >= 0; at--, isDoubled = !isDoubled) {
    const digit = digits.charCodeAt(at) - 48;
    sum += isDoubled ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0;
}
