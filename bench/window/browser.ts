// Chromium spoken to over its own protocol: nothing between the page and its sockets that would be measured with it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { chromium } from "@playwright/test";
import * as v from "valibot";
import { WebSocket } from "ws";
import { findChromium } from "../../tools/find-chromium.js";

const answer = v.object({
  id: v.optional(v.number()),
  method: v.optional(v.string()),
  params: v.optional(v.record(v.string(), v.unknown())),
  result: v.optional(v.record(v.string(), v.unknown())),
  error: v.optional(v.object({ message: v.string() })),
});
const evaluated = v.object({
  result: v.object({ value: v.optional(v.unknown()) }),
  exceptionDetails: v.optional(v.unknown()),
});
const attached = v.object({ sessionId: v.string() });
const created = v.object({ targetId: v.string() });

type Params = Readonly<Record<string, unknown>>;

export class Browser {
  readonly #child: ChildProcess;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { done(result: Params): void; failed(error: Error): void }>();
  readonly #listeners = new Map<string, (params: Params) => void>();
  #last = 0;
  #session: string | undefined;

  private constructor(child: ChildProcess, socket: WebSocket) {
    this.#child = child;
    this.#socket = socket;
    socket.on("message", (text: Buffer) => this.#take(v.parse(answer, JSON.parse(text.toString("utf8")))));
  }

  /** One page of so many CSS pixels, empty; `profile` is a folder of its own. */
  static async start(profile: string, width: number, height: number): Promise<Browser> {
    const found = findChromium();
    if (found === undefined) throw new Error("there is no Chromium here; name one in CHROMIUM");
    const args = [
      "--headless=new",
      "--remote-debugging-port=0",
      `--user-data-dir=${profile}`,
      `--window-size=${width},${height}`,
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-default-browser-check"],
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
      "--js-flags=--expose-gc",
      "about:blank",
    ];
    const path = found.kind === "other" ? found.path : chromium.executablePath();
    const child = spawn(path, args, { stdio: ["ignore", "ignore", "pipe"] });
    try {
      const socket = new WebSocket(await addressOf(child), { perMessageDeflate: false, maxPayload: 2 ** 30 });
      await once(socket, "open");
      const browser = new Browser(child, socket);
      await browser.#openPage(width, height);
      return browser;
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
  }

  async #openPage(width: number, height: number): Promise<void> {
    const { targetId } = v.parse(created, await this.send("Target.createTarget", { url: "about:blank" }));
    const { sessionId } = v.parse(attached, await this.send("Target.attachToTarget", { targetId, flatten: true }));
    this.#session = sessionId;
    await this.send("Page.enable");
    await this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
  }

  send(method: string, params: Params = {}): Promise<Params> {
    const id = ++this.#last;
    const to = this.#session === undefined ? {} : { sessionId: this.#session };
    this.#socket.send(JSON.stringify({ id, method, params, ...to }));
    return new Promise((done, failed) => this.#waiting.set(id, { done, failed }));
  }

  on(method: string, listener: (params: Params) => void): void {
    this.#listeners.set(method, listener);
  }

  /** Of an expression in the page, awaited when it is a promise. */
  async evaluate(expression: string): Promise<unknown> {
    const told = await this.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    const { result, exceptionDetails } = v.parse(evaluated, told);
    if (exceptionDetails !== undefined) throw new Error(`the page: ${JSON.stringify(exceptionDetails).slice(0, 500)}`);
    return result.value;
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }

  #take({ id, method, params = {}, result = {}, error }: v.InferOutput<typeof answer>): void {
    if (method !== undefined) return this.#listeners.get(method)?.(params);
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id !== undefined) this.#waiting.delete(id);
    if (error === undefined) waiting?.done(result);
    else waiting?.failed(new Error(error.message));
  }
}

async function addressOf(child: ChildProcess): Promise<string> {
  const { stderr } = child;
  if (stderr === null) throw new Error("Chromium has no standard error");
  for await (const line of createInterface({ input: stderr })) {
    const address = /ws:\/\/\S+/.exec(line)?.[0];
    if (address === undefined) continue;
    stderr.resume();
    return address;
  }
  throw new Error("Chromium ended without saying where it listens");
}
