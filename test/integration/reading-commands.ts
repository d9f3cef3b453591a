// The commands that read, as the command line runs them, but in this process and by one engine for all of them: for tests that
// ask much of what is printed. How such a command starts and ends is what cli.test.ts looks at, with processes of their own.
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { runWords } from "../../src/cli/run-words.js";
import { StatusLine } from "../../src/cli/status-line.js";
import { Output } from "../../src/cli/terminal.js";
import type { World } from "../../src/cli/world.js";
import { EngineChild } from "../../src/serve/engine-child.js";
import { steadyCallTo } from "../../src/serve/steady-call.js";
import type { Ended } from "./hindcast-process.js";

const packageFolder = process.cwd();
const engineProcess = join(packageFolder, "out/node/engine-process.js");

export class ReadingCommands {
  readonly #cwd: string;
  readonly #environment: NodeJS.ProcessEnv;
  #engine: EngineChild | undefined;

  constructor(cwd: string, environment: NodeJS.ProcessEnv) {
    this.#cwd = cwd;
    this.#environment = environment;
  }

  async run(words: readonly string[], input = ""): Promise<Ended> {
    this.#engine ??= new EngineChild({ entry: engineProcess, environment: this.#environment });
    const call = steadyCallTo(this.#engine);
    const opened: string[] = [];
    const [out, err] = [new Written(), new Written()];
    const world: World = {
      terminal: { out: new Output(out), err: new Output(err), input: Readable.from([input]) },
      status: new StatusLine(err),
      environment: this.#environment,
      platform: process.platform,
      cwd: this.#cwd,
      hasTerminal: false,
      isRoot: false,
      paths: { engineProcess, page: "", door: "", shell: "", packageFolder },
      startReader: () =>
        Promise.resolve({
          call: async (name, args, ...more) => {
            const answer = await call(name, args, ...more);
            if (name === "recording.open" && answer.ok) opened.push(idIn(answer.value));
            return answer;
          },
          close: async () => {
            for (const recordingId of opened) await call("recording.close", { recordingId });
          },
        }),
    };
    const ending = await runWords(world, words, "0.0.0");
    return {
      code: ending.kind === "code" ? ending.code : null,
      signal: ending.kind === "signal" ? ending.signal : null,
      out: out.text,
      err: err.text,
    };
  }

  async stop(): Promise<void> {
    await this.#engine?.stop();
  }
}

class Written extends Writable {
  text = "";

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString("utf8");
    done();
  }
}

const idIn = (summary: unknown): string =>
  typeof summary === "object" && summary !== null && "recordingId" in summary ? String(summary.recordingId) : "";
