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

let isNodeToWarn = false;
const warningStart = `(${process.release.name}:${process.pid}) `;

/** A warning was recorded, which Node writes to standard error before anything else happens, unless it was told not to. */
export function nodeMayWriteWarning(): void {
  isNodeToWarn = true;
  queueMicrotask(() => (isNodeToWarn = false));
}

/** Whether it is what Node writes of the warning that was just recorded. */
export function isWarningOfNode(chunk: unknown): boolean {
  if (!isNodeToWarn || typeof chunk !== "string" || !chunk.trimStart().startsWith(warningStart)) return false;
  isNodeToWarn = false;
  return true;
}
