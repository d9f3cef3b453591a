// What Linux tells of a process of this user, as text of /proc, and what that means. Reading is read-process.ts's part.
import { posix } from "node:path";

export interface ProcessFacts {
  readonly pid: number;
  readonly uid: number;
  /** Stopped by a signal or a tracer. */
  readonly isStopped: boolean;
  readonly isGone: boolean;
  /** Ticks since the system started. */
  readonly startTicks: number;
  readonly memoryBytes: number;
  /** Numbers of the signals that something in the process catches. */
  readonly catches: (signal: number) => boolean;
}

/** From `status` and `stat`; undefined for what is no process (a thread of one, say) or cannot be read. */
export function factsFrom(pid: number, status: string, stat: string): ProcessFacts | undefined {
  const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1] ?? "";
  if (Number(field("Tgid")) !== pid) return undefined;
  // Fields after the name, which may hold anything: state is the first of them, start time the twentieth.
  const fields = stat.replace(/^.*\) /s, "").split(" ");
  const [state = ""] = fields;
  const caught = BigInt(`0x${field("SigCgt") || "0"}`);
  return {
    pid,
    uid: Number(field("Uid").split(/\s+/)[1]),
    isStopped: state === "T" || state === "t",
    isGone: state === "Z" || state === "X",
    startTicks: Number(fields[19]),
    memoryBytes: Number.parseInt(field("VmRSS") || "0", 10) * 1024,
    catches: (signal) => ((caught >> BigInt(signal - 1)) & 1n) === 1n,
  };
}

/** Options of Node that take the next word; of others nothing is known, and what follows is taken for the script. */
const takesNext = new Set(["-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions"]);
const evaluates = new Set(["-e", "--eval", "-p", "--print", "-pe", "-i", "--interactive", "--test"]);

/** The script of a command line, "" where it runs none. */
export function scriptIn(argv: readonly string[], cwd: string): string {
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at] ?? "";
    if (evaluates.has(word)) return "";
    if (takesNext.has(word)) at++;
    else if (word === "--") return resolved(argv[at + 1], cwd);
    else if (!word.startsWith("-")) return resolved(word, cwd);
  }
  return "";
}

const resolved = (word: string | undefined, cwd: string): string =>
  word === undefined ? "" : cwd === "" ? word : posix.resolve(cwd, word);

const generalNames = new Set(["index", "main", "server", "app", "start"]);
const sourceFolders = new Set(["src", "lib", "dist", "build", "out", "bin"]);

/** The script in a word; the folder of one that is called as many are; what the process calls itself where it runs none. */
export function nameOf(argv: readonly string[], script: string): string {
  const [first = ""] = argv;
  // A process that renamed itself has all of it in one word: "npm exec tool path/to/file".
  if (script === "") return posix.basename(argv.length === 1 ? (first.split(" ")[0] ?? "") : first);
  const parts = script.split("/").filter((part) => part !== "");
  const name = (parts.pop() ?? "").replace(/\.[cm]?[jt]sx?$/, "");
  if (!generalNames.has(name)) return name;
  return parts.findLast((part) => !sourceFolders.has(part)) ?? name;
}

export const isRecorded = (environment: ReadonlyMap<string, string>): boolean =>
  (environment.get("HINDCAST_SOCKET") ?? "") !== "" && environment.get("HINDCAST") !== "off";

export interface InspectorOptions {
  /** Asked for at its start, so that it is open. */
  readonly isOpen: boolean;
  /** Where it is, or would be opened; 0: any free port. */
  readonly port: number;
}

const defaultInspectorPort = 9229;

/** The inspector by a program's options, those of NODE_OPTIONS first. */
export function inspectorOptions(argv: readonly string[], nodeOptions: string): InspectorOptions {
  let [isOpen, port] = [false, defaultInspectorPort];
  const options = argv.slice(1, argv.findIndex((word, at) => at > 0 && !word.startsWith("-")) >>> 0);
  for (const word of [...nodeOptions.split(/\s+/), ...options]) {
    const [, kind = "", value = ""] =
      /^--(inspect|inspect-brk|inspect-wait|inspect-port|debug-port)(?:=(.*))?$/.exec(word) ?? [];
    if (kind === "") continue;
    isOpen ||= !kind.endsWith("port");
    const [, digits] = /(?:^|:)(\d{1,5})$/.exec(value) ?? [];
    if (digits !== undefined) port = Number(digits);
  }
  return { isOpen, port };
}

/** A socket that listens: its inode, and where. */
export interface Listener {
  readonly inode: string;
  readonly host: string;
  readonly port: number;
}

const listening = "0A";
const hosts: Readonly<Record<string, string>> = {
  "0100007F": "127.0.0.1",
  "00000000": "127.0.0.1",
  "00000000000000000000000001000000": "::1",
  "00000000000000000000000000000000": "::1",
};

/** Of a /proc/PID/net/tcp or tcp6: those that can be reached by a loopback address, and that address. */
export function listenersIn(table: string): Listener[] {
  return table.split("\n").flatMap((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    const [address = "", port = ""] = local.split(":");
    const host = hosts[address];
    return state === listening && host !== undefined ? [{ inode, host, port: Number.parseInt(port, 16) }] : [];
  });
}
