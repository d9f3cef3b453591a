// Names of recordings that nobody named say the second they began in, and a second is long: a program is started again within
// one, or two at once. Each gets a file of its own.
import { existsSync } from "node:fs";
import { join, parse } from "node:path";

export class NewPaths {
  readonly #promised = new Set<string>();

  /** This path, or with a number where something is there or was promised to somebody else. */
  take(path: string): string {
    const { dir, name, ext } = parse(path);
    for (let number = 1; ; number++) {
      const numbered = number === 1 ? path : join(dir, `${name}-${number}${ext}`);
      if (this.#promised.has(numbered) || existsSync(numbered)) continue;
      this.#promised.add(numbered);
      return numbered;
    }
  }
}
