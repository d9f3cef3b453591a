import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { portsIn } from "./ports-in.js";

class Holder {
  constructor(
    readonly a: unknown,
    readonly b: unknown,
  ) {}
}

describe("portsIn", () => {
  it("finds the same ports in the same order in what is posted and in what arrives", () => {
    const pairs = Array.from({ length: 5 }, () => new MessageChannel());
    const [a, b, c, d, e] = pairs.map(({ port1 }) => port1);
    const posted = {
      list: [1, { a }, new Uint8Array(4)],
      map: new Map<unknown, unknown>([["b", b]]),
      holder: new Holder(new Set([c]), new Holder("text", d)),
      2: { e },
      error: new Error("whole"),
    };
    const names = new Map(pairs.map(({ port2 }, at) => [port2, "abcde"[at]]));
    // Each says who it is through its other end.
    for (const [port, name] of names) port.postMessage(name);
    const told = (ports: readonly MessagePort[] | undefined): unknown =>
      ports?.map((port) => receiveMessageOnPort(port));
    const before = portsIn(posted);
    const { port1: to, port2: from } = new MessageChannel();
    to.postMessage(posted, before);
    const arrived: unknown = receiveMessageOnPort(from)?.message;
    expect(told(portsIn(arrived))).toEqual(
      before?.map((port) => ({ message: "abcde"[[a, b, c, d, e].indexOf(port)] })),
    );
    expect(portsIn(arrived)?.length).toBe(5);
    expect(portsIn(arrived, 2)).toEqual(portsIn(arrived)?.slice(0, 2));
    for (const { port2 } of [...pairs, { port2: from }]) port2.close();
  });

  it("runs nothing of the program's, and says nothing where that would be needed", () => {
    const fails = (): never => {
      throw new Error("was run");
    };
    const trap = new Proxy({}, { get: fails, ownKeys: fails, getPrototypeOf: fails, getOwnPropertyDescriptor: fails });
    expect(portsIn({ trap })).toBeUndefined();
    expect(portsIn(Object.defineProperty({}, "port", { get: fails, enumerable: true }))).toBeUndefined();
    expect(portsIn(Array.from({ length: 2000 }, () => ({})))).toBeUndefined();
  });
});
