import { describe, expect, it } from "vitest";
import { randomFrom } from "../base/random.test-support.js";
import { type Frame, FrameSplitter, frameHeader } from "./agent-wire.js";
import { MalformedBytes } from "./bytes.js";

const bytesOf = ({ type, body }: Frame): number[] => [...frameHeader(type, body.length), ...body];

describe("FrameSplitter", () => {
  it.each([1, 2, 3, 4, 5])("finds the same frames however the stream is cut (seed %d)", (seed) => {
    const random = randomFrom(seed);
    const upTo = (limit: number) => Math.floor(random() * limit);
    const frames: Frame[] = Array.from({ length: 40 }, () => ({
      type: upTo(256),
      body: Uint8Array.from({ length: random() < 0.2 ? 0 : upTo(300) }, () => upTo(256)),
    }));
    const stream = Uint8Array.from(frames.flatMap(bytesOf));
    const splitter = new FrameSplitter();
    const found: number[][] = [];
    for (let at = 0; at < stream.length;) {
      const end = at + 1 + upTo(random() < 0.5 ? 4 : 700);
      found.push(...splitter.push(stream.slice(at, end)).map(bytesOf));
      at = end;
    }
    expect(found).toEqual(frames.map(bytesOf));
  });

  it("refuses a frame over the limit at its header, before any of it is there", () => {
    const splitter = new FrameSplitter(1000);
    expect(splitter.push(frameHeader(2, 1000))).toEqual([]);
    expect(() => new FrameSplitter(1000).push(frameHeader(2, 1001))).toThrow(MalformedBytes);
    splitter.maxBytes = 2000;
    expect(splitter.push(new Uint8Array(1000))).toHaveLength(1);
    expect(splitter.push(frameHeader(2, 2000))).toEqual([]);
    expect(() => splitter.push(new Uint8Array([...new Uint8Array(2000), ...frameHeader(2, 2001)]))).toThrow(
      MalformedBytes,
    );
  });

  it("takes a large frame in single bytes", () => {
    const splitter = new FrameSplitter();
    const body = new Uint8Array(300_000).fill(7);
    const stream = [...frameHeader(2, body.length), ...body];
    const found = stream.flatMap((byte) => splitter.push(Uint8Array.of(byte)));
    expect(found.map((frame) => frame.body.length)).toEqual([body.length]);
  });
});
