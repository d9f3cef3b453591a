// A program that is compared: started in some way, loaded until it is at its limit, asked what it used meanwhile.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import * as v from "valibot";
import { repositoryRoot } from "../../tools/run-step.js";

export interface Request {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: string;
}

export interface Target {
  readonly name: string;
  readonly file: string;
  /** What it is asked again and again, once it listens; makes what that needs. */
  requests(url: string): Promise<readonly Request[]>;
}

/** What a program is started with, besides itself. */
export interface Way {
  readonly environment: Readonly<Record<string, string>>;
  readonly execArgv: readonly string[];
}

export interface Measurement {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
  readonly cpuUsPerRequest: number;
  readonly rssBytes: number;
  /** Share of the time in which the garbage collector held the program up. */
  readonly collectorShare: number;
  /** All that were answered, those of the warm-up included. */
  readonly answered: number;
}

const stats = join(repositoryRoot, "bench/programs/overhead-stats.cjs");
const loader = join(repositoryRoot, "bench/programs/overhead-load.mjs");

const used = v.object({
  usage: v.object({ cpuUs: v.number(), rssBytes: v.number(), collectingMs: v.number(), atMs: v.number() }),
});
const loaded = v.object({ requests: v.number(), failed: v.number(), perSecond: v.number(), p99Ms: v.number() });

/** Until V8 has compiled what is used: a slower program would otherwise be measured with less of it compiled. */
const warmUpRequests = 12_000;

/** Starts the program, warms it up, loads it for so long, which counts, and ends it. */
export async function measure(target: Target, way: Way, seconds: number): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-bench-"));
  const output = join(folder, "output");
  const file = openSync(output, "w");
  const program = fork(target.file, {
    execArgv: ["--require", stats, ...way.execArgv],
    env: { ...process.env, ...way.environment },
    // Into a file, as services are run that say much.
    stdio: ["ignore", file, "inherit", "ipc"],
  });
  const gone = once(program, "exit");
  try {
    const url = await urlIn(output, program);
    const requests = await target.requests(url);
    const warmUp = await load(url, requests, { amount: warmUpRequests });
    const before = await usage(program);
    const counted = await load(url, requests, { duration: seconds });
    const after = await usage(program);
    return {
      requests: counted.requests,
      requestsPerSecond: counted.perSecond,
      p99Ms: counted.p99Ms,
      cpuUsPerRequest: (after.cpuUs - before.cpuUs) / counted.requests,
      rssBytes: after.rssBytes,
      collectorShare: (after.collectingMs - before.collectingMs) / (after.atMs - before.atMs),
      answered: warmUp.requests + counted.requests,
    };
  } finally {
    if (program.connected) program.disconnect();
    await gone;
    closeSync(file);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As it says itself, once it listens. */
async function urlIn(output: string, program: ChildProcess): Promise<string> {
  for (;;) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(readFileSync(output, "utf8"))?.[0];
    if (url !== undefined) return url;
    if (program.exitCode !== null) throw new Error(`a program ended with ${program.exitCode}`);
    await wait(5);
  }
}

async function usage(program: ChildProcess): Promise<v.InferOutput<typeof used>["usage"]> {
  const answer = told(program, used);
  program.send("usage");
  return (await answer).usage;
}

interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p99Ms: number;
}

/** So many requests, or for so many seconds. */
type HowMuch = { readonly amount: number } | { readonly duration: number };

async function load(url: string, requests: readonly Request[], howMuch: HowMuch): Promise<LoadResult> {
  const child = fork(loader, { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const gone = once(child, "exit");
  const result = told(child, loaded);
  child.send({ url, requests, ...howMuch });
  await gone;
  const { failed, ...rest } = await result;
  if (failed > 0) throw new Error(`${failed} of ${rest.requests} requests failed`);
  return rest;
}

async function told<Message>(child: ChildProcess, schema: v.GenericSchema<unknown, Message>): Promise<Message> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown): void => {
      const read = v.safeParse(schema, message);
      if (!read.success) return;
      child.off("message", onMessage).off("exit", onExit);
      resolve(read.output);
    };
    const onExit = (code: number | null): void => reject(new Error(`a program ended with ${code ?? "a signal"}`));
    child.on("message", onMessage).on("exit", onExit);
  });
}
