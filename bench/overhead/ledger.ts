// What recording costs the ledger: its four services with payments' worker thread, each its own process, up in each way at once
// and asked in short turns for the same requests, so that the changing speed of the machine is everybody's. Whatever Hindcast
// captured is in a file afterwards and counted there, against what the services printed and the player sent.
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import * as v from "valibot";
import { rowsOf } from "../../tools/recorded-rows.js";
import type { CaptureSettings } from "../../src/shared/protocol/agent-wire.js";
import { BenchEngine } from "../engine/engine-child.js";
import type { Figure } from "../figures.js";
import { type Turns, type WayTurn, capturedBy, figuresOf } from "./ledger-figures.js";
import { Collector, hasOpenTelemetry, openTelemetryServices } from "./open-telemetry.js";
import { Player, Services, outputIn } from "./services.js";

export const ledgerWays = ["bare", "metrics", "requests", "metrics-stateless", "requests-stateless", "otel"] as const;
export type LedgerWay = (typeof ledgerWays)[number];

export interface LedgerSettings {
  readonly ways: readonly LedgerWay[];
  readonly rounds: number;
  /** In each turn. */
  readonly requests: number;
  /** Before the first turn that counts. */
  readonly warmUp: number;
  readonly seed: number;
}

type RecordedWay = Exclude<LedgerWay, "bare" | "otel">;

/** At the level it begins with; without what `track()` shows, which nobody else captures, where it says so. */
const captureIn: Readonly<Record<RecordedWay, Partial<CaptureSettings>>> = {
  metrics: { level: "metrics" },
  requests: { level: "requests" },
  "metrics-stateless": { level: "metrics", pipeline: [{ stage: "drop", where: { kind: "write" } }] },
  "requests-stateless": { level: "requests", pipeline: [{ stage: "drop", where: { kind: "write" } }] },
};

/** A way the services are up in. */
export interface Way {
  readonly name: LedgerWay;
  readonly services: Services;
  readonly engine?: BenchEngine;
  /** Ends them; why its figures must not be quoted, and how much was captured. */
  finish(): Promise<Finished>;
}

export interface Finished {
  readonly invalid?: string;
  readonly captured: Readonly<Record<string, number>>;
}

const invalidity = (services: Services, missing?: string): { readonly invalid?: string } => {
  if (missing !== undefined) return { invalid: missing };
  return services.unanswered === 0
    ? {}
    : { invalid: `${services.unanswered} of ${services.requests} requests were not answered` };
};

async function bareWay(folder: string): Promise<Way> {
  const services = await Services.start(join(folder, "bare"), {});
  return {
    name: "bare",
    services,
    async finish() {
      await services.stop();
      return { captured: {}, ...invalidity(services) };
    },
  };
}

async function recordedWay(folder: string, name: RecordedWay): Promise<Way> {
  const engine = await BenchEngine.start(join(folder, name));
  const capture = captureIn[name];
  const path = join(folder, `${name}.hindcast`);
  const { summary, environment } = await engine.call("recording.create", { path, capture });
  const services = await Services.start(join(folder, name), environment);
  return {
    name,
    services,
    engine,
    async finish() {
      await services.stop();
      const { counts } = await engine.call("recording.stop", { recordingId: summary.recordingId });
      await engine.call("recording.close", { recordingId: summary.recordingId });
      await engine.stop();
      const served = await servedIn(path);
      const printed = await linesIn(outputIn(services.folder));
      const isWhole =
        counts.lost === 0 &&
        counts.metrics > 0 &&
        (capture.level === "metrics" || (served === services.requests && counts.logs >= printed));
      const missing = `${served} of ${services.requests} requests, ${counts.logs} of ${printed} lines are in the file, ${counts.lost} records are lost`;
      return { captured: counts, ...invalidity(services, isWhole ? undefined : missing) };
    },
  };
}

async function openTelemetryWay(folder: string): Promise<Way> {
  const collector = await Collector.listen();
  const services = await Services.start(join(folder, "otel"), openTelemetryServices(collector.url));
  return {
    name: "otel",
    services,
    async finish() {
      await services.stop();
      const { traces, logs } = collector.received;
      await collector.close();
      const missing = traces > 0 && logs > 0 ? undefined : "it sent no traces, or no logs";
      return { captured: collector.received, ...invalidity(services, missing) };
    },
  };
}

/** Requests that the gateway served, as recorded. */
async function servedIn(file: string): Promise<number> {
  const sql = `SELECT count(*)::INTEGER AS served FROM spans JOIN processes USING (process)
    WHERE service_name = 'gateway' AND spans.kind = 'server'`;
  const [row] = await rowsOf(file, sql, v.object({ served: v.number() }));
  return row?.served ?? 0;
}

/** Of JSON, as pino writes them. */
async function linesIn(file: string): Promise<number> {
  let lines = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) if (line.startsWith("{")) lines++;
  return lines;
}

async function turnOf({ services, engine }: Way, player: Player, { seed, requests }: LedgerSettings): Promise<WayTurn> {
  const before = engine?.cpuMs() ?? 0;
  const turn = await services.turn(player, seed, requests);
  return engine === undefined
    ? turn
    : { ...turn, engineCpuUsPerRequest: ((engine.cpuMs() - before) * 1000) / requests };
}

async function roundsOf(ways: readonly Way[], player: Player, settings: LedgerSettings): Promise<Turns> {
  for (const { services } of ways) await services.turn(player, settings.seed, settings.warmUp);
  const turns = new Map<LedgerWay, WayTurn[]>(ways.map(({ name }) => [name, []]));
  for (let number = 0; number < settings.rounds; number++) {
    // Whoever comes first has another machine than whoever comes last.
    const order = ways.flatMap((_, at) => ways[(at + number) % ways.length] ?? []);
    for (const way of number % 2 === 0 ? order : order.toReversed())
      turns.get(way.name)?.push(await turnOf(way, player, settings));
  }
  return turns;
}

function startWay(folder: string, name: LedgerWay): Promise<Way> {
  if (name === "bare") return bareWay(folder);
  return name === "otel" ? openTelemetryWay(folder) : recordedWay(folder, name);
}

export async function ledgerFigures(settings: LedgerSettings): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-bench-"));
  const player = new Player();
  try {
    const ways: Way[] = [];
    for (const name of settings.ways) if (name !== "otel" || hasOpenTelemetry) ways.push(await startWay(folder, name));
    const turns = await roundsOf(ways, player, settings);
    // Whoever still has something to send: OpenTelemetry does it every five seconds.
    await wait(6000);
    const finished: [Way, Finished][] = [];
    for (const way of ways) finished.push([way, await way.finish()]);
    const invalid = finished.flatMap(([way, one]) => (one.invalid === undefined ? [] : `${way.name}: ${one.invalid}`));
    return [
      ...figuresOf(turns, invalid[0]),
      ...finished.flatMap(([way, one]) => capturedBy(way.name, way.services, one.captured)),
    ];
  } finally {
    player.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
