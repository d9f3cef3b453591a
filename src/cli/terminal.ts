// What a command has of the terminal it runs in. Output that nobody reads any more (`| head`) ends quietly.
import type { Readable, Writable } from "node:stream";
import { type HindcastError, explain } from "../shared/protocol/errors.js";

/** How a command ended: with a code, or by the signal that ended the program it ran. */
export type Ending =
  { readonly kind: "code"; readonly code: number } | { readonly kind: "signal"; readonly signal: NodeJS.Signals };

export const ended = (code: number): Ending => ({ kind: "code", code });

const chunkCharacters = 64 * 1024;

export class Output {
  #waiting = "";
  #isClosed = false;
  #wake: (() => void) | undefined;
  readonly #stream: Writable;
  readonly #beforeWrite: () => void;

  constructor(stream: Writable, beforeWrite: () => void = () => undefined) {
    this.#stream = stream;
    this.#beforeWrite = beforeWrite;
    stream.on("error", () => {
      this.#isClosed = true;
      this.#wake?.();
    });
  }

  /** Nobody reads any more: a command may stop working. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Characters of JSON that JSON leaves as they are, and terminals take for commands, are escaped. */
  async line(text: string): Promise<void> {
    this.#waiting += `${text.replace(/[\u007f-\u009f]/g, escaped)}\n`;
    if (this.#waiting.length >= chunkCharacters) await this.flush();
  }

  async flush(): Promise<void> {
    const chunk = this.#waiting;
    this.#waiting = "";
    if (chunk === "" || this.#isClosed) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#beforeWrite();
      this.#stream.write(chunk, () => resolve());
    });
  }
}

export interface Terminal {
  readonly out: Output;
  readonly err: Output;
  readonly input: Readable;
}

/** What a file or a program says may be within the sentence, and must not move the cursor. */
const withoutControls = (text: string): string => text.replace(/[\u0000-\u0008\u000b-\u001f]/g, escaped);

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Prints an error of the catalogue the way every command does. */
export async function complain({ err }: Terminal, error: HindcastError): Promise<void> {
  const { message, next } = explain(error);
  await err.line(withoutControls(`hindcast: ${message}`));
  await err.line(withoutControls(`  ${next}`));
  await err.flush();
}

/** The command ends by an error, which is printed. */
export async function failWith(terminal: Terminal, error: HindcastError, code = 1): Promise<Ending> {
  await complain(terminal, error);
  return ended(code);
}
