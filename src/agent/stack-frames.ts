// The stack of what runs in this thread now, seen from a function that was called in the middle of it. That may be in the middle of a
// regular expression: V8 can be in one only once, and another would make it crash, or the first one find what is not there.
// Invariant: nothing in here, and nothing it calls, uses one. Nor is any code of the program run: not its Error.prepareStackTrace.

export interface Frame {
  readonly functionName: string;
  /** Empty of what is built in. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface SeenStack {
  /** As Node prints the stack of an error. */
  readonly text: string;
  /** The innermost place that is neither Node's nor built in. */
  readonly place: Frame;
}

/** As much of V8's call sites as is used here. */
export interface Site {
  getFunctionName(): string | null;
  getFileName(): string | null | undefined;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
  /** As in the text of a stack. */
  toString(): string;
}

const mostFrames = 64;
/** No text in a record has to be cut then. */
const mostUnits = 4000;

/** Errors of the agent's own realm: what the program makes of its own is never met. */
export function sitesHere(): readonly Site[] {
  const before = { limit: Error.stackTraceLimit, prepare: Error.prepareStackTrace };
  let sites: readonly Site[] = [];
  Error.stackTraceLimit = mostFrames;
  Error.prepareStackTrace = (_error, found) => {
    sites = found;
    return "";
  };
  try {
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, sitesHere);
    void holder.stack;
    return sites;
  } finally {
    Error.stackTraceLimit = before.limit;
    Error.prepareStackTrace = before.prepare;
  }
}

/**
 * What was running when the inspector had the agent's function called; `folder` has the agent's files. Undefined: that was the agent,
 * or nothing but Node.
 */
export function stackBelow(sites: readonly Site[], folder: string): SeenStack | undefined {
  const frames = sites.map(frameOf);
  const called = frames.findIndex(({ file }) => !file.startsWith(folder));
  // The inspector's own line of text, without a name; what is built in has no line.
  const ours = called >= 0 && frames[called]?.file === "" && frames[called].line > 0 ? called + 1 : Math.max(0, called);
  const running = frames.slice(ours);
  const place = running.find(({ file }) => file !== "" && !file.startsWith("node:"));
  if (place === undefined || place.file.startsWith(folder)) return undefined;
  let text = "";
  for (const frame of running) {
    const line = lineOf(frame);
    if (text.length + line.length >= mostUnits) break;
    text += text === "" ? line : `\n${line}`;
  }
  return { text, place };
}

const frameOf = (site: Site): Frame => ({
  functionName: site.getFunctionName() ?? "",
  file: pathFrom(site.getFileName() ?? ""),
  line: site.getLineNumber() ?? 0,
  column: site.getColumnNumber() ?? 0,
});

/** Node's own way from an address to a path has regular expressions in it. Of a text that is a program only that it is one. */
function pathFrom(name: string): string {
  if (name.startsWith("data:")) return "data:";
  if (!name.startsWith("file:///")) return name;
  const isOfWindows = name.charAt(9) === ":";
  const path = name.slice(isOfWindows ? 8 : 7);
  try {
    const plain = path.includes("%") ? decodeURIComponent(path) : path;
    return isOfWindows ? plain.split("/").join("\\") : plain;
  } catch {
    return path;
  }
}

function lineOf({ functionName, file, line, column }: Frame): string {
  const place = file === "" ? "<anonymous>" : `${file}:${line}:${column}`;
  return functionName === "" ? `    at ${place}` : `    at ${functionName} (${place})`;
}
