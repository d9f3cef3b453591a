// Which processes run Node, of which version, and where Node keeps in memory what it listens for: read from the files of their
// binaries, once each.
import { readFile, readlink, stat } from "node:fs/promises";
import { basename } from "node:path";
import { type ElfSymbol, symbolIn } from "./elf-symbols.js";
import { nodeVersionIn } from "./node-version.js";

/** In every binary that can run Node's programs, for addons to link to. */
const startOfNode = "_ZN4node5StartEiPPc";
/** libuv's tree of the signals that somebody listens for. */
const signalTreeName = "uv__signal_tree";
/** None is smaller. */
const leastBinaryBytes = 10_000_000;

interface Binary {
  isNode?: Promise<boolean>;
  version?: Promise<string | undefined>;
  signalTree?: Promise<ElfSymbol | undefined>;
}

/** By file: a binary does not change what it is. */
export class NodeBinaries {
  readonly #known = new Map<string, Binary>();

  /** Whether the process runs Node: by its binary, or by a library that it has loaded. */
  async isNode(pid: number): Promise<boolean> {
    const path = `/proc/${pid}/exe`;
    const binary = await this.#of(path);
    if (binary === undefined) return false;
    binary.isNode ??= hasSymbol(path);
    if (await binary.isNode) return true;
    if (!/^node(?:js)?$/.test(basename(await readlink(path).catch(() => "")))) return false;
    return /\/libnode\.so/.test(await readFile(`/proc/${pid}/maps`, "utf8").catch(() => ""));
  }

  /** Undefined where its file does not say. */
  async version(pid: number): Promise<string | undefined> {
    const path = `/proc/${pid}/exe`;
    const binary = await this.#of(path);
    if (binary === undefined) return undefined;
    binary.version ??= nodeVersionIn(path).catch(() => undefined);
    return binary.version;
  }

  /** Undefined where the binary was stripped of its symbols. */
  async signalTree(pid: number): Promise<ElfSymbol | undefined> {
    const path = `/proc/${pid}/exe`;
    const binary = await this.#of(path);
    if (binary === undefined) return undefined;
    binary.signalTree ??= symbolIn(path, "static", signalTreeName).catch(() => undefined);
    return binary.signalTree;
  }

  async #of(path: string): Promise<Binary | undefined> {
    const file = await stat(path).catch(() => undefined);
    if (file === undefined) return undefined;
    const key = `${file.dev}:${file.ino}:${file.mtimeMs}`;
    const known = this.#known.get(key) ?? (file.size < leastBinaryBytes ? { isNode: Promise.resolve(false) } : {});
    this.#known.set(key, known);
    return known;
  }
}

const hasSymbol = async (path: string): Promise<boolean> =>
  (await symbolIn(path, "dynamic", startOfNode).catch(() => undefined)) !== undefined;
