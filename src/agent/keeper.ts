// What this program had to work out as it started, on its way to the folder where the next start finds it. The agent's own
// thread writes it: the program's thread only hands it over, some time after the start or when it ends.
import type { Guest } from "./guest.js";
import { type KeptFile, nameOfKept, readKeptText, writeKept } from "./kept-files.js";

/** What register.ts knows: the folder, if there is one, this build of the agent, and compiled code that is not kept yet. */
export interface Keeping {
  readonly folder: string | undefined;
  readonly build: string;
  readonly compiled: (() => KeptFile) | undefined;
}

interface KeptText {
  readonly name: string;
  readonly text: string;
}

/** To the agent's thread. */
export interface Keep {
  readonly kind: "keep";
  readonly folder: string;
  readonly code: KeptFile | undefined;
  readonly texts: readonly KeptText[];
}

/** Of a program that loads more than this, in UTF-16 units, the rest is not kept. */
const mostUnits = 16 * 1024 * 1024;

export class Keeper {
  readonly #folder: string | undefined;
  readonly #build: string;
  readonly #guest: Pick<Guest, "noteFault">;
  #compiled: (() => KeptFile) | undefined;
  #texts: KeptText[] = [];
  #units = 0;

  constructor({ folder, build, compiled }: Keeping, guest: Pick<Guest, "noteFault">) {
    this.#guest = guest;
    this.#build = build;
    this.#folder = folder;
    this.#compiled = compiled;
  }

  /** For what follows from `texts` and this build of the agent; undefined where nothing is kept. */
  nameOf(texts: readonly string[]): string | undefined {
    return this.#folder === undefined ? undefined : nameOfKept("source", [this.#build, ...texts]);
  }

  textOf(name: string): string | undefined {
    return this.#folder === undefined ? undefined : readKeptText(this.#folder, name);
  }

  keepText(name: string, text: string): void {
    this.#units += text.length;
    if (this.#units <= mostUnits) this.#texts.push({ name, text });
  }

  /** `say` what is to be written by now, if anything. Never throws: what comes after it, at the end, matters more. */
  handOver(say: (made: Keep) => void): void {
    const [folder, compiled, texts] = [this.#folder, this.#compiled, this.#texts];
    if (folder === undefined || (compiled === undefined && texts.length === 0)) return;
    this.#compiled = undefined;
    this.#texts = [];
    try {
      say({ kind: "keep", folder, code: compiled?.(), texts });
    } catch (error) {
      this.#guest.noteFault(error);
    }
  }
}

/** In the agent's thread. */
export function writeNew({ folder, code, texts }: Keep): void {
  if (code !== undefined) writeKept(folder, code);
  for (const { name, text } of texts) {
    const body = Buffer.from(text);
    // Half of a surrogate pair would come back as something else.
    if (body.toString() === text) writeKept(folder, { name, body });
  }
}
