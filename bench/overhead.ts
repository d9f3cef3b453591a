// What recording costs whole services: the ledger (overhead/ledger.ts), and, as worst cases, one that does next to nothing with
// express and one with fastify, each bare, under Hindcast at three levels, and under OpenTelemetry's automatic instrumentation with
// what it does when nothing is configured but where to send. In turns, the order changing from round to round; each figure is the
// median of what the rounds say against bare in the same round. Whatever Hindcast captured is in a file and counted there.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { withEngine } from "./engine/engine-child.js";
import { type Benchmark, type Figure, figuresOfRun, median } from "./figures.js";
import { ledgerFigures, ledgerWays } from "./overhead/ledger.js";
import { Collector, hasOpenTelemetry, openTelemetryWay } from "./overhead/open-telemetry.js";
import { startUpFigures } from "./overhead/start-up.js";
import { type Measurement, type Target, type Way, measure } from "./overhead/target.js";
import { targets } from "./overhead/targets.js";
import { repositoryRoot } from "../tools/run-step.js";

/** What the ledger is compared in, where nobody says otherwise. */
const presetWays = "bare,metrics,requests,otel";
const levels = ["metrics", "requests", "calls"] as const;
type WayName = "bare" | "context" | (typeof levels)[number] | "otel";

interface Outcome extends Measurement {
  readonly invalid?: string;
  /** Of the engine, which is another process. */
  readonly engineCpuUsPerRequest?: number;
}

type Round = ReadonlyMap<WayName, Outcome>;

const bareWay: Way = { environment: {}, execArgv: [] };
/** Knows which request code runs for, and does nothing else. */
const contextWay: Way = {
  environment: {},
  execArgv: ["--require", join(repositoryRoot, "bench/programs/overhead-context.cjs")],
};

const underHindcast = (target: Target, level: (typeof levels)[number], seconds: number): Promise<Outcome> =>
  withEngine(async (engine, folder) => {
    const path = join(folder, "overhead.hindcast");
    const { summary, environment } = await engine.call("recording.create", { path, capture: { level } });
    const before = engine.cpuMs();
    const measured = await measure(target, { environment, execArgv: [] }, seconds);
    const { counts } = await engine.call("recording.stop", { recordingId: summary.recordingId });
    const engineCpuUsPerRequest = ((engine.cpuMs() - before) * 1000) / measured.answered;
    const isWhole = counts.lost === 0 && (level === "metrics" ? counts.metrics > 0 : counts.spans >= measured.answered);
    if (isWhole) return { ...measured, engineCpuUsPerRequest };
    const invalid = `${counts.spans} spans of ${measured.answered} requests and ${counts.metrics} samples are in the file, ${counts.lost} are lost`;
    return { ...measured, engineCpuUsPerRequest, invalid };
  });

async function underOpenTelemetry(target: Target, seconds: number): Promise<Outcome> {
  const collector = await Collector.listen();
  try {
    const measured = await measure(target, openTelemetryWay(collector.url), seconds);
    return collector.received.traces > 0 ? measured : { ...measured, invalid: "OpenTelemetry sent no traces" };
  } finally {
    await collector.close();
  }
}

function run(way: WayName, target: Target, seconds: number): Promise<Outcome> {
  if (way === "bare") return measure(target, bareWay, seconds);
  if (way === "context") return measure(target, contextWay, seconds);
  return way === "otel" ? underOpenTelemetry(target, seconds) : underHindcast(target, way, seconds);
}

async function roundsOf(target: Target, rounds: number, seconds: number): Promise<readonly Round[]> {
  const ways: readonly WayName[] = ["bare", "context", ...levels, ...(hasOpenTelemetry ? (["otel"] as const) : [])];
  const all: Round[] = [];
  for (let number = 0; number < rounds; number++) {
    const round = new Map<WayName, Outcome>();
    // Whoever comes first has another machine than whoever comes last.
    const order = ways.map((_, at) => ways[(at + number) % ways.length] ?? "bare");
    for (const way of number % 2 === 0 ? order : order.toReversed()) round.set(way, await run(way, target, seconds));
    all.push(round);
  }
  return all;
}

function figuresOf({ name }: Target, rounds: readonly Round[]): readonly Figure[] {
  const outcomes = (way: WayName): readonly Outcome[] => rounds.flatMap((round) => round.get(way) ?? []);
  const ratios = (way: WayName, against: WayName, of: (outcome: Outcome) => number): number =>
    median(
      rounds.flatMap((round) => {
        const [one, other] = [round.get(way), round.get(against)];
        return one === undefined || other === undefined ? [] : [of(one) / of(other)];
      }),
    );
  const drop = (way: WayName): number => 1 - 1 / ratios(way, "bare", ({ cpuUsPerRequest }) => cpuUsPerRequest);
  const invalid = rounds.flatMap((round) => [...round.values()].flatMap((outcome) => outcome.invalid ?? []))[0];
  const ofRun = figuresOfRun(invalid);
  const figure = (what: string, value: number, unit: string, budget?: Figure["budget"]): Figure =>
    ofRun(`${name}_${what}`, value, unit, budget);
  const ways: readonly WayName[] = ["bare", "context", ...levels, "otel"];
  return [
    figure("context_drop", drop("context"), "of requests per processor time"),
    figure("metrics_drop", drop("metrics"), "of requests per processor time", { atMost: 0.01 }),
    figure("requests_drop", drop("requests"), "of requests per processor time", { atMost: 0.06 }),
    figure("calls_drop", drop("calls"), "of requests per processor time", { atMost: 0.15 }),
    ...(outcomes("otel").length === 0
      ? []
      : [
          figure("otel_drop", drop("otel"), "of requests per processor time"),
          figure(
            "requests_vs_otel",
            ratios("requests", "otel", (one) => one.requestsPerSecond),
            "requests/s, ratio",
            {
              atLeast: 2.5,
            },
          ),
        ]),
    ...ways.flatMap((way) => {
      const all = outcomes(way);
      if (all.length === 0) return [];
      const of = (value: (outcome: Outcome) => number): number => median(all.map(value));
      return [
        figure(
          `${way}_requests_per_s`,
          of((one) => one.requestsPerSecond),
          "1/s",
        ),
        figure(
          `${way}_p99_ms`,
          of((one) => one.p99Ms),
          "ms",
        ),
        figure(
          `${way}_cpu_us_per_request`,
          of((one) => one.cpuUsPerRequest),
          "µs of processor time",
        ),
        figure(
          `${way}_rss_mb`,
          of((one) => one.rssBytes / 2 ** 20),
          "MiB",
        ),
        figure(
          `${way}_gc_share`,
          of((one) => one.collectorShare),
          "of the time",
        ),
      ];
    }),
    figure(
      "engine_cpu_us_per_request",
      median(outcomes("requests").map((one) => one.engineCpuUsPerRequest ?? NaN)),
      "µs",
    ),
  ];
}

export const overhead: Benchmark = {
  name: "overhead",
  description:
    "services at their limit; a drop is how many requests fewer the same processor time of the services answers, their worker\n" +
    "threads included, the median of the rounds. Parts: ledger, its four services: --turns 20 --requests 400 --warm-up 3000\n" +
    `--seed 5 --ways ${presetWays}; express, fastify: --rounds 5 --seconds 4; start-up`,
  async run(args): Promise<readonly Figure[]> {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        turns: { type: "string", default: "20" },
        requests: { type: "string", default: "400" },
        "warm-up": { type: "string", default: "3000" },
        seed: { type: "string", default: "5" },
        ways: { type: "string", default: presetWays },
        rounds: { type: "string", default: "5" },
        seconds: { type: "string", default: "4" },
      },
    });
    const isWanted = (part: string): boolean => positionals.length === 0 || positionals.includes(part);
    const figures: Figure[] = [];
    if (isWanted("ledger"))
      figures.push(
        ...(await ledgerFigures({
          ways: ledgerWays.filter((way) => values.ways.split(",").includes(way)),
          rounds: Number(values.turns),
          requests: Number(values.requests),
          warmUp: Number(values["warm-up"]),
          seed: Number(values.seed),
        })),
      );
    for (const target of targets.filter(({ name }) => isWanted(name)))
      figures.push(...figuresOf(target, await roundsOf(target, Number(values.rounds), Number(values.seconds))));
    if (isWanted("start-up")) figures.push(...(await startUpFigures()));
    return figures;
  },
};
