// The service of attach-programs as a process that runs before anybody attaches to it.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

const program = join(process.cwd(), "test/integration/attach-programs/service.mjs");

export class Service {
  readonly #lines: AsyncIterator<string>;
  err = "";

  private constructor(readonly child: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.err += text));
    child.stdin.on("error", () => undefined);
  }

  /** Its inspector takes any free port, so that tests may run side by side. */
  static async start(
    binary = process.execPath,
    options: readonly string[] = [],
    environment: NodeJS.ProcessEnv = process.env,
  ): Promise<Service> {
    const args = ["--expose-gc", "--inspect-port=0", ...options, program];
    // It asks for all that there is of globals and built-in modules, of some of which Node warns.
    const env = { NODE_NO_WARNINGS: "1", ...environment };
    const child = spawn(binary, args, { stdio: ["pipe", "pipe", "pipe"], env });
    const service = new Service(child);
    await service.answer();
    return service;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** What the next line says. */
  async answer(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`the service ended: ${this.err}`);
    return JSON.parse(value);
  }

  tell(command: string): Promise<unknown> {
    this.child.stdin.write(`${command}\n`);
    return this.answer();
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
}
