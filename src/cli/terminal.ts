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

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on("error", () => {
      this.#isClosed = true;
      this.#wake?.();
    });
  }

  /** Nobody reads any more: a command may stop working. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  async line(text: string): Promise<void> {
    this.#waiting += `${text}\n`;
    if (this.#waiting.length >= chunkCharacters) await this.flush();
  }

  async flush(): Promise<void> {
    const chunk = this.#waiting;
    this.#waiting = "";
    if (chunk === "" || this.#isClosed) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#stream.write(chunk, () => resolve());
    });
  }
}

export interface Terminal {
  readonly out: Output;
  readonly err: Output;
  readonly input: Readable;
}

/** Prints an error of the catalogue the way every command does. */
export async function complain({ err }: Terminal, error: HindcastError): Promise<void> {
  const { message, next } = explain(error);
  await err.line(`hindcast: ${message}`);
  await err.line(`  ${next}`);
  await err.flush();
}
