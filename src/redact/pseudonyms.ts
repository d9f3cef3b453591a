// What stands in place of a secret: its kind and a keyed hash. The key lives in memory and in the environment of the
// recorded programs only, never in the file, so equal secrets are seen to be equal and none can be guessed from it.
import { createHmac, randomBytes } from "node:crypto";
import { KindCounts } from "./kind-counts.js";
import type { Pseudonyms as MakesPseudonyms } from "./pseudonym-text.js";

const hashDigits = 12;
const maxRemembered = 4096;
export class Pseudonyms implements MakesPseudonyms {
  readonly #key: Buffer;
  readonly #hashes = new Map<string, string>();
  readonly #counts = new KindCounts();

  /** `recordingToken` is what all programs of one recording share and nobody else knows. */
  constructor(recordingToken: string) {
    const source = recordingToken === "" ? randomBytes(32) : recordingToken;
    this.#key = createHmac("sha256", "hindcast pseudonyms").update(source).digest();
  }

  /** How often each kind was redacted. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts.all;
  }

  /** Since they were taken last. */
  takeCounts(): ReadonlyMap<string, number> {
    return this.#counts.take();
  }

  uncounted<Answer>(work: () => Answer): Answer {
    return this.#counts.uncounted(work);
  }

  of(kind: string, secret: string): string {
    this.#counts.add(kind);
    return `[redacted:${kind}#${this.#hash(secret)}]`;
  }

  #hash(secret: string): string {
    const known = this.#hashes.get(secret);
    if (known !== undefined) return known;
    const hash = createHmac("sha256", this.#key).update(secret, "utf8").digest("hex").slice(0, hashDigits);
    if (this.#hashes.size >= maxRemembered) this.#hashes.clear();
    if (secret.length <= 1024) this.#hashes.set(secret, hash);
    return hash;
  }
}
