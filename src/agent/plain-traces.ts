// What `console.trace` prints is the stack of who calls it, down to Node's function: what stands in its place would be part of it, and
// push as many of the program's own frames out. Node gives the text to `console.error`, where it is put right.
// No code of the program is run: not its Error.prepareStackTrace.
import { sitesHere } from "./stack-frames.js";

const frameStart = "    at ";

/** Frames of the program that are printed now, and how ours are known. */
interface Trace {
  readonly frames: readonly string[];
  readonly ourFile: string;
}

export class PlainTraces {
  #now: Trace | undefined;

  /** `work` is Node's `console.trace`. */
  during<Result>(work: () => Result): Result {
    const before = this.#now;
    const sites = sitesHere();
    const ourFile = sites[0]?.getFileName() ?? "";
    const frames = sites.flatMap((site) => (site.getFileName() === ourFile ? [] : [`${frameStart}${String(site)}`]));
    this.#now = ourFile === "" ? undefined : { frames, ourFile };
    try {
      return work();
    } finally {
      this.#now = before;
    }
  }

  /** What `console.error` is given, as the program would have given it. */
  argumentsOfError(args: unknown[]): unknown[] {
    const [text, ...others] = args;
    if (this.#now === undefined || typeof text !== "string") return args;
    return [withoutOurs(text, this.#now), ...others];
  }
}

/** As many frames as there were: those that ours left no room for are behind the others. */
function withoutOurs(text: string, { frames, ourFile }: Trace): string {
  const lines = text.split("\n");
  const isOurs = (line: string): boolean => line.startsWith(frameStart) && line.includes(ourFile);
  const first = lines.findIndex(isOurs);
  if (first < 0) return text;
  const printed = lines.slice(first);
  const kept = printed.filter((line) => !isOurs(line));
  return [...lines.slice(0, first), ...kept, ...frames.slice(kept.length, printed.length)].join("\n");
}
