// A service that runs before Hindcast hears of it, and a client of it whose one connection stays open.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { Agent, get } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";

const source = `
const server = require("node:http").createServer((request, response) => {
  globalThis.carts.asked++;
  console.error("asked for " + request.url);
  response.end(String(connections));
});
let connections = 0;
globalThis.carts = { asked: 0 };
server.keepAliveTimeout = 600_000;
server.on("connection", () => connections++);
server.listen(0, "127.0.0.1", () => console.log(String(server.address().port)));
`;

export class WarmService {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  private constructor(
    readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static async start(folder: string): Promise<WarmService> {
    await mkdir(join(folder, "carts"), { recursive: true });
    const script = join(folder, "carts", "server.cjs");
    await writeFile(script, source);
    const child = spawn(process.execPath, ["--inspect-port=0", script], { stdio: ["ignore", "pipe", "ignore"] });
    const [port]: string[] = await once(createInterface({ input: child.stdout }), "line");
    const service = new WarmService(child, Number(port));
    try {
      await service.ask("/before");
      return service;
    } catch (error) {
      await service.stop();
      throw error;
    }
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  threads(): number {
    return readdirSync(`/proc/${this.pid}/task`).length;
  }

  /** How many connections it has had by then. */
  ask(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const request = get({ host: "127.0.0.1", port: this.port, path, agent: this.#agent }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("end", () => resolve(text));
      });
      request.on("error", reject);
    });
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill("SIGKILL");
    await once(this.child, "exit");
  }
}
