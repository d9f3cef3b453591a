// Whether key and value of a row of State are surely shown whole. Told from their lengths: to measure them, the list would have to be
// laid out in the middle of a frame.

/** A little more than a letter of their font takes. */
const letterPx = 7.5;
/** Twist, gaps, and the words that may stand at the end. */
const besidePx = 160;
const plain = /^[\x20-\x7e]*$/;

/** Where the row of a value begins. */
export const indentPx = (depth: number): number => 8 + Math.min(depth, 30) * 14;

/** Letters of other scripts may be wider. */
export const fitsInRow = (text: string, roomPx: number): boolean =>
  text.length * letterPx + besidePx <= roomPx && plain.test(text);
