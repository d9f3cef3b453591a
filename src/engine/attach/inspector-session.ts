// One session with a program's inspector, over its WebSocket. The other end may be anything that listens there: its answers are
// bounded in size and time, decoded, and whatever is not an answer to a question of ours is not looked at.
import { get } from "node:http";
import * as v from "valibot";
import { WebSocket } from "ws";
import { type Result, failed, ok } from "../../shared/base/result.js";

/** Why there is no answer. `silent`: not in time; `gone`: the other end closed; `strange`: what came is no answer. */
export interface InspectorTrouble {
  readonly kind: "silent" | "gone" | "strange";
  readonly reason: string;
}
type Answer<Value> = Promise<Result<Value, InspectorTrouble>>;

const greetWithinMs = 3000;
const mostListBytes = 64 * 1024;
const mostMessageBytes = 4 * 1024 * 1024;

const targets = v.array(v.object({ id: v.pipe(v.string(), v.regex(/^[0-9a-fA-F-]{1,64}$/)), type: v.string() }));
const message = v.object({
  id: v.optional(v.number()),
  result: v.optional(v.unknown()),
  error: v.optional(v.object({ message: v.string() })),
});

const trouble = (kind: InspectorTrouble["kind"], reason: string) => failed<InspectorTrouble>({ kind, reason });

export class InspectorSession {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Result<unknown, InspectorTrouble>) => void>();
  readonly closed: Promise<void>;
  #nextId = 1;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => this.#take(Buffer.isBuffer(data) ? data.toString("utf8") : ""));
    this.closed = new Promise((resolve) => {
      socket.on("close", () => {
        for (const settle of this.#waiting.values()) settle(trouble("gone", "the connection was closed"));
        this.#waiting.clear();
        resolve();
      });
    });
  }

  static async connect(host: string, port: number): Answer<InspectorSession> {
    const listed = await targetAt(host, port);
    return listed.ok ? this.#open(host, port, listed.value) : listed;
  }

  /** To the very address that was asked, whatever the list says. */
  static #open(host: string, port: number, id: string): Answer<InspectorSession> {
    const socket = new WebSocket(`ws://${inUrl(host)}:${port}/${id}`, {
      handshakeTimeout: greetWithinMs,
      maxPayload: mostMessageBytes,
      perMessageDeflate: false,
      followRedirects: false,
    });
    return new Promise((resolve) => {
      // Also later: a frame that is too large, say; the socket closes by itself then.
      socket.on("error", (error) => resolve(trouble("strange", error.message)));
      socket.once("open", () => resolve(ok(new InspectorSession(socket))));
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
    const answer = await new Promise<Result<unknown, InspectorTrouble>>((resolve) => {
      const timer = setTimeout(() => settle(trouble("silent", `no answer to ${method}`)), withinMs);
      const settle = (outcome: Result<unknown, InspectorTrouble>): void => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(outcome);
      };
      if (this.#socket.readyState !== WebSocket.OPEN) return settle(trouble("gone", "the connection was closed"));
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

  #take(text: string): void {
    const read = v.safeParse(message, parsed(text));
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
    const request = get(url, { timeout: greetWithinMs, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > mostListBytes) end(trouble("strange", "it answers without end"));
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
    const timer = setTimeout(() => end(trouble("silent", "no answer")), greetWithinMs);
    request.on("error", (error) => end(trouble("gone", error.message)));
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
