import { describe, expect, it } from "vitest";
import { attributeFrom, attributesFrom, budgets, exceptionAttributes } from "./attributes.js";
import type { Attributes } from "../shared/trace/attributes.js";
import { randomFrom } from "../shared/base/random.test-support.js";
import { previewOf, formatLine } from "./preview.js";

/** Throws if anything of it is ever run. */
function trap(): never {
  throw new Error("the program's code was run");
}

const trapHandler = new Proxy({}, { get: () => trap });
const hostile = {
  get getter(): string {
    return trap();
  },
  toJSON: trap,
  [Symbol.toPrimitive]: trap,
  [Symbol.for("nodejs.util.inspect.custom")]: trap,
  [Symbol.toStringTag]: "",
  proxy: new Proxy({}, trapHandler),
  proxied: Object.create(new Proxy({}, trapHandler)) as object,
  items: Object.defineProperty([1, 2, 3], 1, { get: trap, enumerable: true }),
  map: new (class extends Map<string, number> {
    override forEach = trap;
    override get = trap;
    override [Symbol.iterator] = trap;
  })([["k", 1]]),
  date: Object.assign(new Date(0), { toISOString: trap, getTime: trap, toString: trap }),
};
Object.defineProperty(hostile, Symbol.toStringTag, { get: trap });

describe("attributesFrom", () => {
  it("never runs the program's code, and says what it did not look at", () => {
    expect(attributesFrom(hostile)).toEqual({
      getter: "[Getter]",
      proxy: "[Proxy]",
      proxied: {},
      items: [1, "[Getter]", 3],
      map: { k: 1 },
      date: "1970-01-01T00:00:00.000Z",
    });
    expect(attributesFrom(new Proxy({}, trapHandler))).toEqual({});
  });

  it("keeps plain data as it is and leaves out what is no data", () => {
    const data = { text: "a", n: 1.5, yes: true, nothing: null, list: [1, ["b"]], nested: { deep: { er: 1 } } };
    expect(attributesFrom({ ...data, f: trap, u: undefined, s: Symbol("s") })).toEqual(data);
    expect(attributesFrom({ big: 12n ** 20n, set: new Set([1]), bytes: new Uint8Array(3) })).toEqual({
      big: String(12n ** 20n),
      set: [1],
      bytes: "[Uint8Array]",
    });
  });

  it("takes __proto__ for a key like any other", () => {
    const given: unknown = JSON.parse('{"__proto__": {"polluted": 1}}');
    expect(Object.keys(attributesFrom(given))).toEqual(["__proto__"]);
  });

  it.each([1, 2, 3, 4])("says of flat objects what the general way says of them (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const below = (end: number): number => Math.floor(random() * end);
    const names = ["a", "__proto__", "constructor", "7", "x".repeat(256), "y".repeat(257), "z".repeat(200)];
    const long = ["t".repeat(budgets.textUnits), "u".repeat(budgets.textUnits + 1)];
    const values = [
      0,
      -0,
      1.5,
      NaN,
      true,
      null,
      "",
      "text",
      "täxt",
      undefined,
      7n,
      Symbol("s"),
      trap,
      [1],
      { b: 1 },
      new Date(0),
      ...long,
    ];
    const pick = <Item>(items: readonly Item[]): Item | undefined => items[below(items.length)];
    for (let n = 0; n < 3000; n++) {
      const source: object = random() < 0.1 ? (Object.create(null) as object) : {};
      for (let count = below(random() < 0.1 ? 24 : 6); count > 0; count--) {
        const key = random() < 0.4 ? (pick(names) ?? "") : `k${below(40)}`;
        const value = random() < 0.8 ? pick(values.slice(0, 9)) : pick(values);
        Object.defineProperty(source, key, {
          enumerable: random() < 0.95,
          configurable: true,
          ...(random() < 0.03 ? { get: trap } : { value }),
        });
      }
      const expected = attributeFrom(source) as Attributes;
      const found = attributesFrom(source);
      expect(Object.entries(found)).toEqual(Object.entries(expected));
    }
  });

  it("stops at its budgets: depth, breadth, text and the whole", () => {
    const cyclic: Record<string, unknown> = { name: "c" };
    cyclic["self"] = cyclic;
    expect(JSON.stringify(attributesFrom(cyclic)).length).toBeLessThan(200);
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, "v".repeat(10_000)]));
    expect(JSON.stringify(attributesFrom(wide)).length).toBeLessThan(budgets.totalUnits * 2);
    const list = attributeFrom(Array.from({ length: 1000 }, (_, i) => i));
    expect(list).toHaveLength(budgets.items + 1);
    expect(attributeFrom("x".repeat(100_000))).toHaveLength(budgets.textUnits + 1);
  });

  it("describes errors by OpenTelemetry's names", () => {
    class PaymentError extends Error {}
    expect(exceptionAttributes(new PaymentError("declined"))).toMatchObject({
      "exception.type": "PaymentError",
      "exception.message": "declined",
    });
    expect(exceptionAttributes(Object.assign(new Error("m"), { name: "Renamed" }))["exception.type"]).toBe("Renamed");
    expect(exceptionAttributes("just text")).toEqual({ "exception.type": "string", "exception.message": "just text" });
    const odd = Object.defineProperty(new Error("x"), "message", { get: trap });
    expect(exceptionAttributes(odd)["exception.message"]).toBe("");
  });
});

describe("formatLine", () => {
  it("reads like console output", () => {
    expect(formatLine(["a", 1, true, null, undefined])).toBe("a 1 true null undefined");
    expect(formatLine(["%s is %d%%, %j", "x", 5, { a: [1] }, "rest"])).toBe('x is 5%, {"a":[1]} rest');
    expect(formatLine([{ a: 1, b: "two", c: { d: [] } }])).toBe("{ a: 1, b: 'two', c: { d: [] } }");
    expect(formatLine(["100%"])).toBe("100%");
    expect(formatLine(["%s"])).toBe("%s");
    expect(formatLine([Symbol("s"), 5n, trap])).toBe("Symbol(s) 5n [Function: trap]");
  });

  it("never runs the program's code", () => {
    expect(formatLine(["%s %d %i %f %j %o", hostile, hostile, hostile, hostile, hostile, hostile])).toContain(
      "[Getter]",
    );
    expect(previewOf(new Proxy(trap, trapHandler))).toBe("[Proxy]");
  });
});
