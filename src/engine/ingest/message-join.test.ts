import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { wholeMessage } from "../../shared/protocol/message-records.js";
import { type MessageEndFacts, MessageJoin, type MessagePoint } from "./message-join.js";

/** `a3 sent x 10`: record 3 of process a sent up to 10 over channel x; `all` is with its end; `from b@7`: its stamp. */
function joinOf(limit?: number) {
  const told: string[] = [];
  const nameOf = ({ process, seq }: MessagePoint): string => `${String.fromCharCode(96 + process)}${seq}`;
  const join = new MessageJoin(({ sent, received }) => told.push(`${nameOf(sent)} > ${nameOf(received)}`), limit);
  for (const process of [1, 2, 3]) join.knows(process, process);
  const pointOf = (text: string): MessagePoint => {
    const [, process = "", seq] = /^([a-z])(\d+)$/.exec(text) ?? [];
    return { process: process.charCodeAt(0) - 96, seq: Number(seq), instant: BigInt(Number(seq) * 1000) };
  };
  const end = (text: string): void => {
    const [point = "", side, channel = "", upTo, , stamp] = text.split(" ");
    const [, origin, originUs] = /^(\w)@(\d+)$/.exec(stamp ?? "") ?? [];
    const facts: MessageEndFacts = {
      end: side === "sent" ? "sent" : "received",
      part: "request",
      channel: BigInt(channel.charCodeAt(0)),
      upTo: upTo === "all" ? wholeMessage : Number(upTo),
      origin: origin === undefined ? 0 : origin.charCodeAt(0) - 96,
      originUs: Number(originUs ?? 0),
    };
    join.end(pointOf(point), facts);
  };
  return {
    told,
    ends: (...texts: readonly string[]) => texts.forEach(end),
    cameTo: (text: string) => join.cameTo(pointOf(text)),
  };
}

describe("the ends of a message", () => {
  it("are joined by channel, whichever comes first", () => {
    const { told, ends } = joinOf();
    ends("a1 sent x all", "b5 received x 0", "c2 received y 0", "a2 sent y all");
    expect(told).toEqual(["a1 > b5", "a2 > c2"]);
  });

  it("are those of what was sent first of all that was received", () => {
    const { told, ends } = joinOf();
    ends("a1 sent x 0", "a2 sent x 10", "a3 sent x 20", "a4 sent x all");
    ends(
      "b1 received x 0",
      "b2 received x 7",
      "b3 received x 10",
      "b4 received x 15",
      "b5 received x 20",
      "b6 received x all",
    );
    expect(told).toEqual(["a1 > b1", "a2 > b2", "a3 > b4", "a4 > b6"]);
  });

  it("are joined for each receiver, and never within one process", () => {
    const { told, ends } = joinOf();
    ends("a1 sent x all", "b1 received x 0", "a2 received x 0", "c1 received x 0");
    expect(told).toEqual(["a1 > b1", "a1 > c1"]);
  });

  it("are those that were sent before a time, when the record of the sending is lost", () => {
    const { told, ends, cameTo } = joinOf();
    ends("b5 received x 0 from a@7", "c5 received y 0 from z@7");
    cameTo("a6");
    cameTo("a7");
    expect(told).toEqual([]);
    cameTo("a9");
    cameTo("a10");
    expect(told).toEqual(["a9 > b5"]);
  });

  it("are not said to be lost when they come late", () => {
    const { told, ends, cameTo } = joinOf();
    ends("b5 received x 0 from a@7");
    cameTo("a6");
    ends("a7 sent x all");
    cameTo("a9");
    expect(told).toEqual(["a7 > b5"]);
  });

  it("are known after a restart, and not told again", () => {
    const told: string[] = [];
    const join = new MessageJoin(({ sent, received }) => told.push(`${sent.seq} > ${received.seq}`));
    const facts = { part: "request", upTo: wholeMessage, origin: 0, originUs: 0 } as const;
    const end = (process: number, seq: number, side: "sent" | "received", channel: bigint) => ({
      point: { process, seq, instant: 0n },
      facts: { ...facts, end: side, channel },
    });
    const [before, known] = [end(1, 1, "sent", 7n), end(1, 2, "sent", 8n)];
    join.restore([before, end(2, 1, "received", 7n), known]);
    const late = end(2, 2, "received", 8n);
    join.end(late.point, late.facts);
    expect(told).toEqual(["2 > 2"]);
  });

  it("are forgotten, the oldest first, when there are too many", () => {
    const { told, ends, cameTo } = joinOf(2);
    ends("a1 sent x all", "a2 sent y all", "a3 sent z all");
    ends("b1 received z 0", "b2 received y 0", "b3 received x 0 from a@1", "b4 received w 0", "b5 received v 0");
    cameTo("a9");
    expect(told).toEqual(["a3 > b1", "a2 > b2"]);
  });

  it.each([1, 2, 3, 4, 5])("are joined the same in any order of their coming (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const [sent, received]: string[][] = [[], []];
    const expected: string[] = [];
    for (let channel = 0; channel < 20; channel++) {
      const name = String.fromCharCode(97 + channel);
      const sizes = Array.from({ length: 1 + below(4) }, () => below(50)).sort((a, b) => a - b);
      sizes.forEach((size, index) => sent?.push(`a${channel * 10 + index} sent ${name} ${size}`));
      const size = below(50);
      const first = sizes.findIndex((one) => one >= size);
      received?.push(`b${channel} received ${name} ${size}`);
      if (first >= 0) expected.push(`a${channel * 10 + first} > b${channel}`);
    }
    const { told, ends } = joinOf();
    // Each process's own come in order.
    while ((sent?.length ?? 0) + (received?.length ?? 0) > 0) {
      const [next] = (random() < 0.7 ? sent : received)?.splice(0, 1) ?? [];
      if (next !== undefined) ends(next);
    }
    expect(told.toSorted()).toEqual(expected.toSorted());
  });
});
