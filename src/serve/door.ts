// How a second `hindcast open` reaches a window that is served already: the host keeps a file that only this user can read, with its
// port and a secret, and whoever knows the secret is given a link. The secret itself never travels: both ends prove that they know
// it, so that whatever listens at the port of a host that was killed learns nothing and cannot pass for it.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { dirname } from "node:path";
import * as v from "valibot";

/** Where the host listens for it. */
export const doorPath = "/link";
/** A path or a link to a place. */
const mostBytes = 256 * 1024;
const answerWithinMs = 3000;

const door = v.object({ port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)), secret: v.string() });
const asked = v.object({ nonce: v.pipe(v.string(), v.minLength(16)), open: v.optional(v.string()), proof: v.string() });
const answered = v.object({ link: v.string(), proof: v.string() });

export class Door {
  readonly #file: string;
  readonly #newLink: (open?: string) => string;
  readonly #secret = randomBytes(32).toString("base64url");

  constructor(file: string, newLink: (open?: string) => string) {
    this.#file = file;
    this.#newLink = newLink;
  }

  /** The newest host is the one that is asked. Where its file cannot be written, a second start has a host of its own. */
  async open(port: number): Promise<void> {
    const part = `${this.#file}.${process.pid}`;
    try {
      await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
      await writeFile(part, JSON.stringify({ port, secret: this.#secret }), { mode: 0o600 });
      await rename(part, this.#file);
    } catch {
      await rm(part, { force: true }).catch(() => undefined);
    }
  }

  /** The body of the answer; undefined: whoever asks does not know the secret. */
  answer(body: unknown): string | undefined {
    const question = v.safeParse(asked, body);
    if (!question.success) return undefined;
    const { nonce, open, proof } = question.output;
    if (!isSame(proof, proofOf(this.#secret, "ask", nonce, open ?? ""))) return undefined;
    const link = this.#newLink(open);
    return JSON.stringify({ link, proof: proofOf(this.#secret, "answer", nonce, link) });
  }

  /** Leaves the file of a host that came later alone. */
  async close(): Promise<void> {
    if ((await doorIn(this.#file))?.secret === this.#secret)
      await rm(this.#file, { force: true }).catch(() => undefined);
  }
}

/** A link that works once, into the window of a host that runs already; undefined where there is none. */
export async function linkFromRunningHost(file: string, open: string | undefined): Promise<string | undefined> {
  const found = await doorIn(file);
  if (found === undefined) return undefined;
  const { port, secret } = found;
  const nonce = randomBytes(16).toString("base64url");
  const body = JSON.stringify({ nonce, open, proof: proofOf(secret, "ask", nonce, open ?? "") });
  const answer = v.safeParse(answered, parsed(await post(port, body)));
  if (!answer.success) return undefined;
  const { link, proof } = answer.output;
  return isSame(proof, proofOf(secret, "answer", nonce, link)) ? link : undefined;
}

async function doorIn(file: string): Promise<v.InferOutput<typeof door> | undefined> {
  const found = v.safeParse(door, parsed(await readFile(file, "utf8").catch(() => undefined)));
  return found.success ? found.output : undefined;
}

function post(port: number, body: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const none = (): void => resolve(undefined);
    const asking = request(
      { host: "127.0.0.1", port, path: doorPath, method: "POST", timeout: answerWithinMs },
      (response) => {
        void textOf(response).then((text) => resolve(response.statusCode === 200 ? text : undefined));
      },
    );
    asking.on("error", none);
    asking.on("timeout", () => asking.destroy());
    asking.end(body);
  });
}

/** Undefined: it is too long, or was cut off. */
export async function textOf(message: AsyncIterable<unknown>): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of message) {
      if (!(part instanceof Buffer)) return undefined;
      bytes += part.length;
      if (bytes > mostBytes) return undefined;
      parts.push(part);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(parts).toString("utf8");
}

export function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

const proofOf = (secret: string, ...words: readonly string[]): string =>
  createHmac("sha256", secret).update(JSON.stringify(words)).digest("base64url");

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
