import { describe, expect, it } from "vitest";
import { targetFromText, trackedFromText } from "./attach-text.js";

describe("what people type to attach", () => {
  it("names a program by process id or by the address of its inspector", () => {
    expect(["4711", "localhost:9229", "[::1]:9229"].map(targetFromText)).toEqual([
      { kind: "pid", pid: 4711 },
      { kind: "address", host: "localhost", port: 9229 },
      { kind: "address", host: "::1", port: 9229 },
    ]);
  });

  it("is nothing else", () => {
    const typed = ["", "0", "server.js", "99999999999", "localhost", "localhost:", "localhost:0", "localhost:70000"];
    expect(typed.map(targetFromText)).toEqual(typed.map(() => undefined));
  });

  it("follows an expression under a name, or a global under its own", () => {
    expect(["carts=globalThis.carts", "carts", "same=a == b"].map(trackedFromText)).toEqual([
      { name: "carts", expression: "globalThis.carts" },
      { name: "carts", expression: "carts" },
      { name: "same", expression: "a == b" },
    ]);
    expect(["", "=carts", "carts=", "n".repeat(201)].map(trackedFromText)).toEqual(Array(4).fill(undefined));
  });
});
