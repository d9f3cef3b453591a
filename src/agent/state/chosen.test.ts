import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { ChosenState } from "./chosen.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** `followed`: "SCOPE at LOCATION", in order. */
function choosing(...names: string[]) {
  const followed: string[] = [];
  const counts = { leftOut: 0, soon: 0 };
  const chosen = new ChosenState({
    names,
    follow: (scope, _value, location) => followed.push(location === 0 ? scope : `${scope} at ${location}`),
    leaveOut: () => counts.leftOut++,
    placeholderFor: (name) => (name === "key" ? "[redacted]" : undefined),
    soon: () => counts.soon++,
  });
  const made = (instance: unknown, location = 0): void => chosen.made(instance, () => location);
  return { chosen, made, followed, counts };
}

class Cart {
  constructor(fields: object) {
    Object.assign(this, fields);
  }
}
class GiftCart extends Cart {}
class Session {}

describe("ChosenState", () => {
  it("follows instances of the classes that were named and of those that extend them, under their own class's name", () => {
    const { made, followed } = choosing("Cart", "Sess*");
    made(new Cart({ id: 42 }), 7);
    made(new GiftCart({ id: "a b" }));
    made(new Session());
    for (const other of [new Map(), {}, [], null, "Cart", 1, () => 1, new (class Other {})()]) made(other);
    expect(followed).toEqual(["Cart(id=42) at 7", "GiftCart(id=a b)", "Session#1"]);
  });

  it("names them by what says which they are, and runs nothing of the program's for it", () => {
    const { made, followed } = choosing("Cart");
    let ran = 0;
    const getter = { get: () => ran++, enumerable: true };
    made(new Cart({ _id: 5n, name: "n" }));
    made(new Cart({ cartId: "c", name: "n" }));
    made(new Cart({ key: "secret", name: "n" }));
    made(new Cart({ name: "x".repeat(65) }));
    made(new Cart({ id: {} }));
    made(Object.defineProperty(new Cart({}), "id", getter));
    made(new Proxy(new Cart({ id: 1 }), { getOwnPropertyDescriptor: () => void ran++ }));
    expect(followed).toEqual(["Cart(_id=5)", "Cart(cartId=c)", "Cart(name=n)", "Cart#1", "Cart#2", "Cart#3"]);
    expect(ran).toBe(0);
  });

  it("follows each once; of those with one key the one that was made last, and counts the others", () => {
    const { made, followed, counts } = choosing("Cart");
    const [first, second] = [new Cart({ id: 1 }), new Cart({ id: 1 })];
    for (const cart of [first, first, second, second]) made(cart);
    expect(followed).toEqual(["Cart(id=1)", "Cart(id=1)"]);
    expect(counts.leftOut).toBe(1);
  });

  it("follows what is told of while it is constructed when it is there, at once where `new` tells of it", () => {
    const { chosen, made, followed, counts } = choosing("Cart");
    const [outer, inner] = [new Cart({}), new Cart({ id: 2 })];
    chosen.begun(outer, () => 9);
    chosen.begun(inner, () => 9);
    made(inner);
    expect(followed).toEqual(["Cart(id=2)"]);
    Object.assign(outer, { id: 1 });
    chosen.settle();
    chosen.settle();
    chosen.begun(new Session(), () => 9);
    expect(followed).toEqual(["Cart(id=2)", "Cart(id=1) at 9"]);
    expect(counts).toEqual({ leftOut: 0, soon: 1 });
  });

  it("has a thousand scopes of instances at most and counts the rest", () => {
    const { chosen, made, followed, counts } = choosing("*");
    const all = Array.from({ length: 1500 }, (_, id) => (id % 2 === 0 ? new Cart({ id }) : new Session()));
    for (const one of all) {
      chosen.begun(one, () => 0);
      made(one);
    }
    expect(followed).toHaveLength(1000);
    expect(counts.leftOut).toBe(500);
    expect(all).toHaveLength(1500);
  });

  it("keeps none in memory, and gives the number of one that is gone to another", async () => {
    const { made, followed } = choosing("Session");
    for (let round = 0; round < 20; round++) {
      for (let n = 0; n < 10; n++) made(new Session());
      await new Promise((resolve) => setImmediate(resolve));
      collect();
    }
    // V8 may keep one or the other a little longer.
    expect(new Set(followed).size).toBeLessThan(40);
    expect(followed).toHaveLength(200);
  });

  it("follows variables by their names, with their file where another has the same", () => {
    const { chosen, followed } = choosing("count");
    chosen.variable("count", "/a.js", 1, 3);
    chosen.variable("count", "/b.js", 1, 4);
    chosen.variable("count", "/a.js", 2, 5);
    expect(followed).toEqual(["count at 3", "count (/b.js) at 4", "count at 5"]);
  });
});
