// The ledger's four services, started in some way and up for as long as they are asked in turns: what they use while they answer.
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import * as v from "valibot";
import { repositoryRoot } from "../../tools/run-step.js";
import { quantile } from "../figures.js";

export const serviceNames = ["gateway", "accounts", "payments", "notifications"] as const;

const system = join(repositoryRoot, "examples/ledger/system.mjs");
const preload = join(repositoryRoot, "bench/programs/overhead-service.cjs");
const player = join(repositoryRoot, "bench/programs/overhead-plan.mjs");
/** What a service, its worker thread and its agent still do for requests that are answered. */
const settlingMs = 300;

const usedSchema = v.object({ cpuUs: v.number(), rssBytes: v.number(), collectingMs: v.number() });
type Used = v.InferOutput<typeof usedSchema>;
const playedSchema = v.object({
  seconds: v.number(),
  unanswered: v.number(),
  late: v.number(),
  ms: v.array(v.number()),
});

/** One turn: some of the plan's requests, answered. */
export interface Turn {
  readonly cpuUsPerRequest: number;
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
  readonly rssBytes: number;
  /** What the collector held the services' main threads up, of the processor time that all their threads took. */
  readonly collectorShare: number;
  /** Processor time of the services, and how long it took: two cores at most, which others use, too. */
  readonly coresUsed: number;
}

/** Who plays the plan, the same for each gateway. */
export class Player {
  readonly #child = fork(player, { execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });

  async play(url: string, seed: number, requests: number): Promise<v.InferOutput<typeof playedSchema>> {
    const answer = once(this.#child, "message");
    this.#child.send({ url, seed, requests });
    const told: readonly unknown[] = await answer;
    return v.parse(playedSchema, told[0]);
  }

  stop(): void {
    this.#child.disconnect();
  }
}

export class Services {
  #asked = 0;
  requests = 0;
  /** Nobody answered these. */
  unanswered = 0;
  /** These were answered that somebody behind did not answer in time. */
  late = 0;

  private constructor(
    readonly folder: string,
    readonly url: string,
    readonly pids: readonly number[],
    readonly child: ChildProcess,
    readonly output: number,
  ) {}

  /** In a folder of their own, which has their output afterwards. */
  static async start(folder: string, environment: Readonly<Record<string, string>>): Promise<Services> {
    const [address, data, usage] = [join(folder, "address"), join(folder, "data"), join(folder, "usage")];
    for (const made of [folder, data, usage]) mkdirSync(made, { recursive: true });
    const output = openSync(outputIn(folder), "w");
    const options = [environment["NODE_OPTIONS"], `--require ${JSON.stringify(preload)}`];
    const child = spawn(process.execPath, [system, "--address-file", address], {
      env: {
        ...process.env,
        ...environment,
        LEDGER_DATA: data,
        OVERHEAD_USAGE: usage,
        NODE_OPTIONS: options.join(" "),
      },
      stdio: ["ignore", output, "inherit"],
    });
    const files = [address, ...serviceNames.map((name) => join(usage, `${name}.pid`))];
    const [url, ...pids] = await Promise.all(files.map((file) => whenWritten(file, child)));
    return new Services(folder, url ?? "", pids.map(Number), child, output);
  }

  /** As many more of the plan's requests, and what they cost. */
  async turn(player: Player, seed: number, requests: number): Promise<Turn> {
    const [before, began] = [await this.#used(), performance.now()];
    const played = await player.play(this.url, seed, requests);
    await wait(settlingMs);
    const after = await this.#used();
    this.requests += requests;
    this.unanswered += played.unanswered;
    this.late += played.late;
    const cpuUs = after.cpuUs - before.cpuUs;
    return {
      cpuUsPerRequest: cpuUs / requests,
      requestsPerSecond: requests / played.seconds,
      p99Ms: quantile(Float64Array.from(played.ms), 0.99),
      rssBytes: after.rssBytes,
      collectorShare: ((after.collectingMs - before.collectingMs) * 1000) / cpuUs,
      coresUsed: cpuUs / 1000 / (performance.now() - began),
    };
  }

  async stop(): Promise<void> {
    const gone = once(this.child, "exit");
    this.child.kill("SIGTERM");
    await gone;
    closeSync(this.output);
  }

  /** What all four have used until now. */
  async #used(): Promise<Used> {
    const number = ++this.#asked;
    for (const pid of this.pids) process.kill(pid, "SIGUSR2");
    const files = serviceNames.map((name) => join(this.folder, "usage", `${name}-${number}.json`));
    const texts = await Promise.all(files.map((file) => whenWritten(file, this.child)));
    const all = texts.map((text) => v.parse(usedSchema, JSON.parse(text)));
    const sum = (of: keyof Used): number => all.reduce((total, one) => total + one[of], 0);
    return { cpuUs: sum("cpuUs"), rssBytes: sum("rssBytes"), collectingMs: sum("collectingMs") };
  }
}

export const outputIn = (folder: string): string => join(folder, "output");

async function whenWritten(file: string, child: ChildProcess): Promise<string> {
  while (!existsSync(file)) {
    if (child.exitCode !== null) throw new Error(`the ledger ended with ${child.exitCode}`);
    await wait(5);
  }
  return readFileSync(file, "utf8");
}
