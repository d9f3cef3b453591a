// What a logger's own probe records may come by other probes again, as a line of the console or of standard output. Those
// ask here.
let depth = 0;

export const isSaidAlready = (): boolean => depth > 0;

/** Whatever `write` writes is recorded already. */
export function writingWhatIsSaid<Result>(write: () => Result): Result {
  depth++;
  try {
    return write();
  } finally {
    depth--;
  }
}
