// One session with a program's inspector, over its WebSocket. The other end may be anything that listens there: its answers are
// bounded in size and time, decoded, and whatever is not an answer to a question of ours is not looked at.
import { get } from "node:http";
import * as v from "valibot";
import { WebSocket } from "ws";
import { type Result, failed, ok } from "../../shared/base/result.js";

/**
 * Why there is no answer. `mute`: the other end takes connections and never says anything; `silent`: what is an inspector did
 * not answer in time; `gone`: the other end closed; `strange`: what came is no answer.
 */
export interface InspectorTrouble {
  readonly kind: "mute" | "silent" | "gone" | "strange";
  readonly reason: string;
  readonly waitedMs: number;
}
type Answer<Value> = Promise<Result<Value, InspectorTrouble>>;

const greetWithinMs = 3000;
/** All questions together: whoever answers each of them just in time ends here. */
const talksWithinMs = 30_000;
const mostListBytes = 64 * 1024;
const mostMessageBytes = 4 * 1024 * 1024;
const mostBytes = 16 * mostMessageBytes;

const targets = v.array(v.object({ id: v.pipe(v.string(), v.regex(/^[0-9a-fA-F-]{1,64}$/)), type: v.string() }));
const message = v.object({
  id: v.optional(v.number()),
  result: v.optional(v.unknown()),
  error: v.optional(v.object({ message: v.string() })),
});

const trouble = (kind: InspectorTrouble["kind"], reason: string, waitedMs = 0) =>
  failed<InspectorTrouble>({ kind, reason, waitedMs });

const closedOnUs = "it closed the connection before it had answered";
const talksOn = "it talks without end";

export class InspectorSession {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Result<unknown, InspectorTrouble>) => void>();
  readonly closed: Promise<void>;
  readonly #talksMs: number;
  readonly #startMs = performance.now();
  #nextId = 1;
  #bytes = 0;
  /** Why it was closed, where that was its own doing. */
  #ending = trouble("gone", closedOnUs);

  private constructor(socket: WebSocket, talksMs: number) {
    this.#socket = socket;
    this.#talksMs = talksMs;
    socket.on("message", (data) => this.#take(Buffer.isBuffer(data) ? data : Buffer.alloc(0)));
    // A frame that is none, or is too large; the socket closes by itself then.
    socket.on("error", (error) => (this.#ending = trouble("strange", error.message)));
    this.closed = new Promise((resolve) => {
      socket.on("close", () => {
        for (const settle of this.#waiting.values()) settle(this.#ending);
        this.#waiting.clear();
        resolve();
      });
    });
  }

  static async connect(host: string, port: number, talksMs = talksWithinMs): Answer<InspectorSession> {
    const listed = await targetAt(host, port);
    return listed.ok ? this.#open(host, port, listed.value, talksMs) : listed;
  }

  /** To the very address that was asked, whatever the list says. */
  static #open(host: string, port: number, id: string, talksMs: number): Answer<InspectorSession> {
    const socket = new WebSocket(`ws://${inUrl(host)}:${port}/${id}`, {
      handshakeTimeout: greetWithinMs,
      maxPayload: mostMessageBytes,
      perMessageDeflate: false,
      followRedirects: false,
    });
    return new Promise((resolve) => {
      socket.on("error", (error) => resolve(trouble("strange", error.message)));
      socket.once("open", () => resolve(ok(new InspectorSession(socket, talksMs))));
    });
  }

  /** The result as `schema` reads it. */
  async ask<Schema extends v.GenericSchema>(
    method: string,
    params: object,
    schema: Schema,
    withinMs: number,
  ): Answer<v.InferOutput<Schema>> {
    const id = this.#nextId++;
    const leftMs = Math.max(0, this.#startMs + this.#talksMs - performance.now());
    const waitedMs = leftMs < withinMs ? this.#talksMs : withinMs;
    const answer = await new Promise<Result<unknown, InspectorTrouble>>((resolve) => {
      const timer = setTimeout(
        () => settle(trouble("silent", `no answer to ${method}`, waitedMs)),
        Math.min(withinMs, leftMs),
      );
      const settle = (outcome: Result<unknown, InspectorTrouble>): void => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(outcome);
      };
      if (this.#socket.readyState !== WebSocket.OPEN) return settle(this.#ending);
      this.#waiting.set(id, settle);
      this.#socket.send(JSON.stringify({ id, method, params }), (error) => {
        if (error) settle(trouble("gone", error.message));
      });
    });
    if (!answer.ok) return answer;
    const read = v.safeParse(schema, answer.value);
    return read.success ? ok(read.output) : trouble("strange", `${method}: ${read.issues[0].message}`);
  }

  /** Not waiting for the other end, which may not answer. */
  close(): void {
    this.#socket.terminate();
  }

  #take(bytes: Buffer): void {
    this.#bytes += bytes.length;
    if (this.#bytes > mostBytes) {
      this.#ending = trouble("strange", talksOn);
      this.#socket.terminate();
      return;
    }
    const read = v.safeParse(message, parsed(bytes.toString("utf8")));
    if (!read.success || read.output.id === undefined) return;
    const { id, result, error } = read.output;
    this.#waiting.get(id)?.(error === undefined ? ok(result) : trouble("strange", error.message));
  }
}

/** The id of the first program there that is one of Node. */
async function targetAt(host: string, port: number): Answer<string> {
  const text = await textAt(`http://${inUrl(host)}:${port}/json/list`);
  if (!text.ok) return text;
  const read = v.safeParse(targets, parsed(text.value));
  const target = read.success ? read.output.find(({ type }) => type === "node") : undefined;
  return target === undefined ? trouble("strange", "it names no program of Node.js") : ok(target.id);
}

function textAt(url: string): Answer<string> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > mostListBytes) end(trouble("strange", talksOn));
      });
      response.on("end", () => end(ok(text)));
      response.on("error", (error) => end(trouble("strange", error.message)));
    });
    const end = (outcome: Result<string, InspectorTrouble>): void => {
      clearTimeout(timer);
      resolve(outcome);
      request.destroy();
    };
    // However slowly it goes on answering.
    const timer = setTimeout(
      () => end(trouble("mute", `it takes connections, and had said nothing after ${greetWithinMs / 1000} s`)),
      greetWithinMs,
    );
    request.on("error", (error) => {
      const isNoHttp = "code" in error && String(error.code).startsWith("HPE_");
      end(isNoHttp ? trouble("strange", "it does not speak HTTP") : trouble("gone", error.message));
    });
  });
}

const inUrl = (host: string): string => (host.includes(":") ? `[${host}]` : host);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
