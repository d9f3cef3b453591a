// The ledger's figures: of each way against bare in the same round, the middle of the rounds and how far they spread.
import { type Figure, figuresOfRun, median, quantile } from "../figures.js";
import { type Services, type Turn, serviceNames } from "./services.js";

export interface WayTurn extends Turn {
  readonly engineCpuUsPerRequest?: number;
}

/** Of each way, in the order of rounds. */
export type Turns = ReadonlyMap<string, readonly WayTurn[]>;

export function capturedBy(
  name: string,
  services: Services,
  captured: Readonly<Record<string, number>>,
): readonly Figure[] {
  const counted = Object.entries(captured).map(([kind, value]) => ({
    name: `ledger_${name}_${kind}`,
    value,
    unit: "captured",
  }));
  const unit = `answered 502 to 504, of ${services.requests} requests`;
  return [...counted, { name: `ledger_${name}_late`, value: services.late, unit }];
}

const cpu = (turn: Turn): number => turn.cpuUsPerRequest;
const rate = (turn: Turn): number => turn.requestsPerSecond;

export function figuresOf(turns: Turns, invalid: string | undefined): readonly Figure[] {
  const figure = figuresOfRun(invalid);
  const ratioAt = (share: number, way: string, against: string, of: (turn: Turn) => number): number => {
    const others = turns.get(against) ?? [];
    const ratios = (turns.get(way) ?? []).flatMap((turn, round) => {
      const other = others[round];
      return other === undefined ? [] : [of(turn) / of(other)];
    });
    return quantile(Float64Array.from(ratios), share);
  };
  const dropOf = (way: string, budget?: Figure["budget"]): readonly Figure[] => {
    const at = (share: number): number => 1 - 1 / ratioAt(share, way, "bare", cpu);
    const name = `${way}_drop`;
    return [
      figure(name, at(0.5), "of requests per processor time", budget),
      figure(`ledger_${name}_p25`, at(0.25), "a quarter of the rounds is below"),
      figure(`ledger_${name}_p75`, at(0.75), "a quarter of the rounds is above"),
    ];
  };
  const budgets: Readonly<Record<string, Figure["budget"]>> = { metrics: { atMost: 0.01 }, requests: { atMost: 0.06 } };
  const versus = (way: string, budget?: Figure["budget"]): readonly Figure[] => [
    figure(`${way}_vs_otel`, ratioAt(0.5, way, "otel", rate), "requests/s, ratio", budget),
    figure(`ledger_${way}_vs_otel_p25`, ratioAt(0.25, way, "otel", rate), "a quarter of the rounds is below"),
    figure(`ledger_${way}_vs_otel_p75`, ratioAt(0.75, way, "otel", rate), "a quarter of the rounds is above"),
    figure(`ledger_${way}_vs_otel_cpu`, ratioAt(0.5, "otel", way, cpu), "requests per processor time, ratio"),
  ];
  return [
    ...[...turns.keys()].filter((way) => way !== "bare").flatMap((way) => dropOf(way, budgets[way])),
    ...(turns.has("otel") && turns.has("requests") ? versus("requests", { atLeast: 2.5 }) : []),
    ...(turns.has("otel") && turns.has("requests-stateless") ? versus("requests-stateless") : []),
    ...[...turns].flatMap(([way, all]) => usedIn(way, all, figure)),
  ];
}

function usedIn(way: string, turns: readonly WayTurn[], figure: ReturnType<typeof figuresOfRun>): readonly Figure[] {
  const middle = (name: string, unit: string, of: (turn: WayTurn) => number): Figure =>
    figure(`ledger_${way}_${name}`, median(turns.map(of)), unit);
  const hasEngine = turns.some(({ engineCpuUsPerRequest }) => engineCpuUsPerRequest !== undefined);
  const services = `${serviceNames.length} services`;
  return [
    middle("requests_per_s", "1/s", rate),
    middle("p99_ms", "ms", (turn) => turn.p99Ms),
    middle("cpu_us_per_request", `µs of processor time, ${services}`, cpu),
    middle("cores_used", `of the machine's, by the ${services}`, (turn) => turn.coresUsed),
    middle("rss_mb", `MiB, ${services}`, (turn) => turn.rssBytes / 2 ** 20),
    middle("gc_share", "of the processor time", (turn) => turn.collectorShare),
    ...(hasEngine ? [middle("engine_cpu_us_per_request", "µs", (turn) => turn.engineCpuUsPerRequest ?? NaN)] : []),
  ];
}
