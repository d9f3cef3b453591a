import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import {
  type Pipeline,
  type PipelineStage,
  filteredKinds,
  readPipeline,
} from "../../shared/protocol/pipeline-stages.js";
import type { AttributeValue, Attributes } from "../../shared/trace/attributes.js";
import { Accounts, codeOf, totalOfKinds } from "./account.js";
import { Chain } from "./chain.js";
import { Look, Shapes } from "./look.js";
import { NaiveChain, type Sample, plainAnswer } from "./naive-chain.test-support.js";

const redacted = (text: string): string => text.replace("secret", "[taken out]");
const load = (): unknown => plainAnswer;

const anySample: Sample = { kind: "event", name: "a", severity: 9, body: "", attributes: {}, trace: undefined };

/** Which of the samples stay. */
function stays(pipeline: Pipeline, samples: readonly Partial<Sample>[]): boolean[] {
  const chain = new Chain(pipeline, new Accounts(), {
    random: () => 0.5,
    clockMs: () => 0,
    redacted,
    load,
    mayAsk: () => true,
  });
  return samples.map((part) => {
    const sample = { ...anySample, ...part };
    return (
      chain.leaverOf(sample.kind, codeOf(sample.kind), sample.name, { ...sample, own: ownOf(sample) }) === undefined
    );
  });
}

/** Of an event they are the program's. */
const ownOf = ({ kind, attributes }: Sample): Attributes | undefined => (kind === "event" ? undefined : attributes);

describe("Chain", () => {
  it("drops what a stage is about and nothing else", () => {
    const where = { kind: "log", name: "pino*", attributes: { "http.route": "/health" } } as const;
    expect(
      stays(
        [{ stage: "drop", where }],
        [
          { kind: "log", name: "pino", attributes: { "http.route": "/health" } },
          { kind: "log", name: "pino", attributes: { "http.route": "/accounts" } },
          { kind: "log", name: "pino" },
          { kind: "log", name: "console", attributes: { "http.route": "/health" } },
          { kind: "event", name: "pino", attributes: { "http.route": "/health" } },
        ],
      ),
    ).toEqual([false, true, true, true, true]);
  });

  it("keeps of the kinds it names only what it is about", () => {
    const samples = [
      { kind: "log", name: "pino" },
      { kind: "log", name: "console" },
      { kind: "metric", name: "x" },
    ] as const;
    expect(stays([{ stage: "keep", where: { kind: "log", name: "pino" } }], samples)).toEqual([true, false, true]);
  });

  it("leaves the agent's own account of itself alone", () => {
    expect(stays([{ stage: "drop" }], [{ name: "hindcast.capture" }, { name: "other" }])).toEqual([true, false]);
  });

  it("is not about state unless it says so", () => {
    const write = { kind: "write", name: "accounts" } as const;
    expect(stays([{ stage: "drop" }], [write])).toEqual([true]);
    expect(stays([{ stage: "drop", where: { kind: "write", name: "acc*" } }], [write])).toEqual([false]);
  });

  it("copies what is the program's only where a stage changes it, and runs nothing of it to see that", () => {
    const stages: Pipeline = [
      { stage: "redact", keys: ["card.*"] },
      { stage: "truncate", characters: 12 },
    ];
    const surroundings = { random: () => 0.5, clockMs: () => 0, redacted, load, mayAsk: () => true };
    const chain = new Chain(stages, new Accounts(), surroundings);
    const through = (attributes: object): unknown => {
      chain.leaverOf("event", codeOf("event"), "a", { ...anySample, attributes, own: undefined });
      return chain.attributes;
    };
    const ran: string[] = [];
    const spared = { order: 7, tenant: "acme" };
    expect(through(spared)).toBe(spared);
    expect(through({ "card.number": "1", tenant: "acme" })).toEqual({ "card.number": "[redacted]", tenant: "acme" });
    expect(through({ deep: { "Card.Number": "1", long: "longer than twelve" } })).toEqual({
      deep: { "Card.Number": "[redacted]", long: "longer than …" },
    });
    expect(Object.keys(through({ "card.number": undefined, "card.name": "a", n: 1n }) as object)).toEqual([
      "card.name",
      "n",
    ]);
    through({
      get tenant() {
        return ran.push("getter");
      },
    });
    const trap = (): never => {
      throw new Error("ran");
    };
    through(new Proxy({}, { ownKeys: trap, get: trap, getOwnPropertyDescriptor: trap }));
    expect(ran).toEqual([]);
  });

  it("cuts what a stage before has written", () => {
    const stages: Pipeline = [
      { stage: "redact", keys: ["card.*"] },
      { stage: "truncate", characters: 4 },
    ];
    const surroundings = { random: () => 0.5, clockMs: () => 0, redacted, load, mayAsk: () => true };
    const chain = new Chain(stages, new Accounts(), surroundings);
    chain.leaverOf("event", codeOf("event"), "a", { ...anySample, attributes: { "card.n": 1, n: 2 }, own: undefined });
    expect(chain.attributes).toEqual({ "card.n": "[red…", n: 2 });
  });

  it("asks for no names of what is a long list", () => {
    const look = new Look();
    for (const list of [new Uint8Array(3), new String("abc"), ["a"], [1]]) {
      look.at(list, undefined, new Shapes());
      expect([look.isFlat, look.shape.keys]).toEqual([false, []]);
    }
    look.at({ a: 1 }, undefined, new Shapes());
    expect([look.isFlat, look.shape.keys]).toEqual([true, ["a"]]);
  });

  it("runs no getter of the program's to see whether it is meant", () => {
    const attributes = Object.defineProperty({}, "a", {
      enumerable: true,
      get: () => {
        throw new Error("the program's code was run");
      },
    });
    expect(stays([{ stage: "drop", where: { attributes: { a: 1 } } }], [{ attributes }])).toEqual([true]);
  });

  it.each([0, 0.1, 0.5, 1])("lets %s of all traces through, and all of a trace or nothing", (ratio) => {
    const random = randomFrom(7);
    let kept = 0;
    const count = 4000;
    for (let n = 0; n < count; n++) {
      const traceId = Uint8Array.from({ length: 16 }, () => random() * 256);
      const samples = filteredKinds.slice(0, 4).map((kind) => ({ kind, trace: { traceId } }));
      const [first, ...others] = stays([{ stage: "sample", ratio }], samples);
      expect(others.every((one) => one === first)).toBe(true);
      if (first === true) kept++;
    }
    expect(Math.abs(kept / count - ratio)).toBeLessThan(0.03);
  });

  for (let seed = 1; seed <= 30; seed++)
    it(`equals the plain slow twin (seed ${seed})`, () => {
      const random = randomFrom(seed);
      const pipeline = randomPipeline(random);
      expect(readPipeline(pipeline)).toEqual({ ok: true, value: pipeline });
      let clock = 0;
      const accounts = new Accounts();
      const chain = new Chain(pipeline, accounts, {
        random: randomFrom(seed),
        clockMs: () => clock,
        redacted,
        load,
        mayAsk: () => true,
      });
      const naive = new NaiveChain(pipeline, randomFrom(seed), () => clock);
      const leftOut = new Map<number, number>();
      for (let n = 0; n < 1000; n++) {
        clock += random() * 3;
        const sample = randomSample(random);
        const expected = naive.pass(sample);
        const leaver = chain.leaverOf(sample.kind, codeOf(sample.kind), sample.name, { ...sample, own: ownOf(sample) });
        const { leftOutBy } = expected;
        expect(leaver?.words.split(" ")[0]).toBe(leftOutBy === undefined ? undefined : String(leftOutBy + 1));
        if (leftOutBy === undefined)
          expect({ body: chain.body, attributes: chain.attributes, leastMs: chain.hold?.leastMs }).toEqual({
            body: expected.body,
            attributes: expected.attributes,
            leastMs: expected.leastMs,
          });
        else leftOut.set(leftOutBy, (leftOut.get(leftOutBy) ?? 0) + 1);
      }
      const counted = [...accounts.all].map(({ words, total, untold }) => {
        expect(totalOfKinds(untold)).toBe(total);
        return [Number(words.split(" ")[0]) - 1, total] as const;
      });
      expect(new Map(counted.filter(([, total]) => total > 0))).toEqual(leftOut);
    });
});

const names = ["GET", "GET /a", "pino", "console", "cache.hit", "hindcast.fault", "a*b", ""];
const patterns = [...names, "*", "G*", "*o", "c*.h*t", "*a*"];
const keys = ["http.route", "status", "ok", "user.Email", "nested"];
const texts = ["/health", "/accounts/1", "a rather long text with a secret that goes on", "x secret", "true", ""];

const pick = <Item>(random: () => number, items: readonly Item[]): Item => {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("nothing to pick");
  return item;
};

function randomPipeline(random: () => number): Pipeline {
  return Array.from({ length: 1 + Math.floor(random() * 10) }, () => randomStage(random));
}

function randomStage(random: () => number): PipelineStage {
  const kind =
    random() < 0.5 ? {} : { kind: pick(random, [...filteredKinds.slice(0, 4), ["log", "span"] as ("log" | "span")[]]) };
  const name =
    random() < 0.5 ? {} : { name: random() < 0.7 ? pick(random, patterns) : [pick(random, patterns), "pino"] };
  const attribute = {
    [pick(random, keys)]: pick<string | number | boolean>(random, ["/h*", "/health", 200, true, "*"]),
  };
  const attributes = random() < 0.5 ? {} : { attributes: attribute };
  const condition = { ...kind, ...name, ...attributes };
  const isOfLogs = condition.kind === undefined || condition.kind === "log";
  const where = isOfLogs && random() < 0.3 ? { ...condition, kind: "log" as const, below: "warn" as const } : condition;
  const about = random() < 0.1 ? {} : { where };
  switch (Math.floor(random() * 9)) {
    case 0:
      return { stage: "drop", ...about };
    case 1:
      return { stage: "drop", where: { kind: "write", name: pick(random, patterns) } };
    case 2:
      return { stage: "keep", ...about };
    case 3:
      return { stage: "sample", ratio: random(), ...about };
    case 4:
      return { stage: "rate-limit", perSecond: pick(random, [0, 0.5, 3, 200]), ...about };
    case 5:
      return { stage: "redact", keys: [pick(random, ["user.*", "status", "inner"])], ...about };
    case 6:
      return { stage: "custom", module: "/plain.cjs", ...about };
    case 7:
      return { stage: "drop-short", milliseconds: 1 + Math.floor(random() * 9), where: { ...name, ...attributes } };
    default:
      return { stage: "truncate", characters: 1 + Math.floor(random() * 20), ...about };
  }
}

function randomSample(random: () => number): Sample {
  const value = (): AttributeValue =>
    pick<AttributeValue>(random, [...texts, 200, true, null, [1, "long enough to be cut"]]);
  const attributes: Record<string, AttributeValue> = {};
  for (const key of keys) if (random() < 0.4) attributes[key] = value();
  if (random() < 0.2) attributes["nested"] = { inner: value(), other: value() } satisfies Attributes;
  const traceId = Uint8Array.from({ length: 16 }, () => random() * 256);
  return {
    kind: pick(random, filteredKinds),
    name: pick(random, names),
    severity: pick(random, [1, 5, 9, 13, 17, 21]),
    body: pick(random, texts),
    attributes: frozen(attributes),
    trace: random() < 0.5 ? undefined : { traceId, isLeftOut: random() < 0.1 },
  };
}

/** Whoever changes something in it throws. */
function frozen<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}
