import { describe, expect, it } from "vitest";
import { createCodec } from "../../shared/protocol/codec.js";
import { createCodec as createPageCodec } from "./codec.js";

const message = {
  kind: "result",
  value: {
    lone: "thanks \ud83d\ude00 \ud83d",
    whole: "thanks \ud83d\ude00",
    list: ["\udc00", 1, "é", { deep: "a\ud800b\udfff" }],
  },
  columns: { at: new BigInt64Array([1n, -5n]), names: ["x", "\ud800".repeat(40)] },
  none: null,
};

const between = [
  ["engine", createCodec(), "engine", createCodec()],
  ["engine", createCodec(), "page", createPageCodec()],
  ["page", createPageCodec(), "engine", createCodec()],
] as const;

describe("a message between both ends", () => {
  it.each(between)("from %s arrives with every text as it was", (_from, sender, _to, receiver) => {
    expect(receiver.decode(sender.encode(message))).toEqual(message);
  });
});
