// What `npm run bench -- pipeline` measures, inside of the agent: the decision of ten stages alone, that and what two more change in
// whatever stays, and an event with and without the ten from the call to the ring. Processor time of one thread, rounds in turn. The plain twin has to decide the same.
import { Accounts, codeOf } from "./account.js";
import { Chain } from "./chain.js";
import { NaiveChain, type Sample, plainAnswer } from "./naive-chain.test-support.js";
import { RecordPipeline } from "./pipeline.js";
import { SpanContext } from "../context.js";
import { Recorder } from "../recorder.js";
import { createRedaction } from "../../redact/redactor.js";
import { RingMemory, RingWriter } from "../ring.js";
import { RingReader } from "../ring-reader.js";
import { randomFrom } from "../../shared/base/random.test-support.js";
import type { Pipeline } from "../../shared/protocol/pipeline-stages.js";

export const costSeed = 7;
/** As many records as a service makes in some milliseconds, over and over. */
const mask = 1023;
const rounds = 9;
export const recordsInRound = 1_000_000;

/** As somebody might write them for a service: a few that leave out much, and some that are about little. */
const tenStages: Pipeline = [
  { stage: "drop", where: { kind: "log", name: "pino", attributes: { "http.route": "/health" } } },
  { stage: "drop", where: { kind: "log", below: "debug" } },
  { stage: "drop", where: { kind: "event", name: "cache.hit" } },
  { stage: "drop", where: { kind: "span", name: "GET", attributes: { "url.path": "/metrics" } } },
  { stage: "sample", ratio: 0.5, where: { kind: "event", name: "order.viewed" } },
  { stage: "sample", ratio: 0.8, where: { kind: "span", name: ["GET", "POST"] } },
  { stage: "keep", where: { kind: "metric", name: ["queue.*", "pool.*"] } },
  { stage: "rate-limit", perSecond: 1e6, where: { kind: "event", name: "tick" } },
  { stage: "drop", where: { kind: "event", attributes: { tenant: "internal" } } },
  { stage: "truncate", characters: 400, where: { kind: "log", below: "warn" } },
];

/** One of everything there is, as one service may have it: what leaves out, what changes, and a function of somebody's own. */
const allKinds: Pipeline = [
  { stage: "drop", where: { kind: "log", name: "pino", attributes: { "http.route": "/health" } } },
  { stage: "drop", where: { kind: "log", below: "debug" } },
  { stage: "drop", where: { kind: "event", name: "cache.hit" } },
  { stage: "keep", where: { kind: "metric", name: ["queue.*", "pool.*"] } },
  { stage: "sample", ratio: 0.8, where: { kind: "span", name: ["GET", "POST"] } },
  { stage: "rate-limit", perSecond: 1e6, where: { kind: "event", name: "tick" } },
  { stage: "drop-short", milliseconds: 5, where: { name: "query" } },
  { stage: "redact", keys: ["customer.*", "address"] },
  { stage: "truncate", characters: 200 },
  { stage: "custom", module: "./orders.cjs", where: { kind: "event", name: "order.paid" } },
];
/** Two more, which change most of what the ten let through: each is about every record. */
const changingStages: Pipeline = [
  ...tenStages,
  { stage: "redact", keys: ["tenant", "url.*", "http.*"] },
  { stage: "truncate", characters: 10 },
];

function randomSamples(count: number): Sample[] {
  const random = randomFrom(costSeed);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new Error("nothing to pick");
    return item;
  };
  const sample = (): Sample => {
    const traceId = Uint8Array.from({ length: 16 }, () => random() * 256);
    const head = { severity: 9, body: "", trace: random() < 0.7 ? { traceId } : undefined };
    const kind = random();
    if (kind < 0.6) {
      const name = pick(["order.placed", "order.viewed", "order.paid", "cache.hit", "cache.miss", "tick"]);
      return {
        ...head,
        kind: "event",
        name,
        attributes: {
          order: Math.floor(random() * 1e6),
          tenant: pick(["acme", "internal"]),
          ...(name === "order.placed" ? { "customer.name": "Ada Byron" } : {}),
        },
      };
    }
    if (kind < 0.75)
      return {
        ...head,
        kind: "log",
        name: pick(["pino", "console"]),
        severity: pick([1, 5, 9, 9, 9, 13, 17]),
        body: "asked for an account",
        attributes: { "http.route": pick(["/health", "/accounts", "/orders"]), ms: random() * 100 },
      };
    if (kind < 0.9)
      return {
        ...head,
        kind: "span",
        name: pick(["GET", "POST", "query"]),
        attributes: { "url.path": pick(["/metrics", "/accounts"]) },
      };
    return { ...head, kind: "metric", name: pick(["queue.length", "pool.used", "other"]), attributes: {} };
  };
  return Array.from({ length: count }, sample);
}

/** As the recorder hands it over. */
const passingOf = ({ kind, name, severity, body, attributes, trace }: Sample) => ({
  kind,
  name,
  code: codeOf(kind),
  passing: {
    severity,
    body,
    attributes,
    own: kind === "event" || kind === "metric" ? undefined : attributes,
    trace,
  },
});

const redaction = createRedaction(undefined, "a recording's token");

const surroundings = (random: () => number) => ({
  random,
  clockMs: () => performance.now(),
  redacted: (text: string) => redaction.text(text),
  load: () => plainAnswer,
  mayAsk: () => true,
});

const cpuNs = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return 1000 * (user + system);
};

/** Undefined: the chain says what the plain twin says. */
function disagreement(samples: readonly Sample[], stages: Pipeline): string | undefined {
  const [chain, naive] = [
    new Chain(stages, new Accounts(), surroundings(randomFrom(costSeed))),
    new NaiveChain(stages, randomFrom(costSeed), () => performance.now()),
  ];
  const different = samples.filter((sample) => {
    const { kind, code, name, passing } = passingOf(sample);
    const leaver = chain.leaverOf(kind, code, name, passing);
    return (leaver === undefined) !== (naive.pass(sample).leftOutBy === undefined);
  });
  return different.length === 0 ? undefined : `${different.length} records are decided otherwise than stage by stage`;
}

interface Path {
  readonly recorder: Recorder;
  readonly reader: RingReader;
}

function pathThrough(stages: Pipeline | undefined): Path {
  const memory = RingMemory.allocate(2 ** 24);
  const recorder = new Recorder(
    new RingWriter(memory),
    new SpanContext(),
    () => performance.now(),
    () => undefined,
  );
  if (stages !== undefined) recorder.pipeThrough(new RecordPipeline(stages, surroundings(randomFrom(costSeed))));
  return { recorder, reader: new RingReader(memory) };
}

/** An event that every stage lets through. */
function recordEvents({ recorder, reader }: Path, count: number): void {
  for (let n = 0; n < count; n++) {
    recorder.event("order.placed", { order: n, total: n / 100, express: n % 3 === 0 });
    if (n % 50_000 === 0) while (reader.take(2 ** 22) !== undefined);
  }
}

export interface PipelineCost {
  /** Nanoseconds of processor time for each record, round by round. */
  readonly decide: number[];
  readonly every: number[];
  readonly change: number[];
  readonly plain: number[];
  readonly staged: number[];
  /** Share of the records that stay, and of those that the two further stages change. */
  readonly stayed: number;
  /** The same of one of everything there is. */
  readonly everyStayed: number;
  readonly everyChanged: number;
  readonly changed: number;
  /** Why the figures say nothing. */
  readonly disagreement: string | undefined;
}

const noFigures = (): number[] => [];

export function pipelineCost(): PipelineCost {
  const samples = randomSamples(mask + 1);
  const chain = new Chain(tenStages, new Accounts(), surroundings(randomFrom(costSeed)));
  const changing = new Chain(changingStages, new Accounts(), surroundings(randomFrom(costSeed)));
  const passing = samples.map(passingOf);
  const everyKind = new Chain(allKinds, new Accounts(), surroundings(randomFrom(costSeed)));
  let stayed = 0;
  let changed = 0;
  let everyStayed = 0;
  let everyChanged = 0;
  const every = (count: number): void => {
    for (let n = 0; n < count; n++) {
      const next = passing[n & mask];
      if (next === undefined || everyKind.leaverOf(next.kind, next.code, next.name, next.passing) !== undefined)
        continue;
      everyStayed++;
      if (everyKind.body !== next.passing.body || everyKind.attributes !== next.passing.attributes) everyChanged++;
    }
  };
  const decide = (count: number): void => {
    for (let n = 0; n < count; n++) {
      const next = passing[n & mask];
      if (next === undefined) continue;
      if (chain.leaverOf(next.kind, next.code, next.name, next.passing) === undefined) stayed++;
    }
  };
  const change = (count: number): void => {
    for (let n = 0; n < count; n++) {
      const next = passing[n & mask];
      if (next === undefined || changing.leaverOf(next.kind, next.code, next.name, next.passing) !== undefined)
        continue;
      if (changing.body !== next.passing.body || changing.attributes !== next.passing.attributes) changed++;
    }
  };
  const [plain, staged] = [pathThrough(undefined), pathThrough(tenStages)];
  const all = ["decide", "every", "change", "plain", "staged"] as const;
  const cost = {
    decide: noFigures(),
    every: noFigures(),
    change: noFigures(),
    plain: noFigures(),
    staged: noFigures(),
  };
  const warmUps = 2;
  for (let round = 0; round < rounds + warmUps; round++) {
    const ns = {
      decide: cpuNs(() => decide(recordsInRound)) / recordsInRound,
      every: cpuNs(() => every(recordsInRound)) / recordsInRound,
      change: cpuNs(() => change(recordsInRound)) / recordsInRound,
      plain: cpuNs(() => recordEvents(plain, recordsInRound)) / recordsInRound,
      staged: cpuNs(() => recordEvents(staged, recordsInRound)) / recordsInRound,
    };
    if (round < warmUps) continue; // V8 is still looking at it
    for (const name of all) cost[name].push(ns[name]);
  }
  const made = (rounds + warmUps) * recordsInRound;
  const shares = { stayed: stayed / made, changed: changed / stayed };
  const everyShares = { everyStayed: everyStayed / made, everyChanged: everyChanged / everyStayed };
  const different = disagreement(samples, tenStages) ?? disagreement(samples, allKinds);
  return { ...cost, ...shares, ...everyShares, disagreement: different };
}
