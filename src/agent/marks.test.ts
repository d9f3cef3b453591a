import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { inspect } from "node:util";
import { serialize } from "node:v8";
import { describe, expect, it } from "vitest";
import { newMarks } from "./marks.js";

describe("marks", () => {
  it("are found again, replaced, taken away, and apart from those of another kind", () => {
    const [names, numbers] = [newMarks<string>(), newMarks<number>()];
    const objects = [{}, [], () => undefined, Object.freeze({}), Object.preventExtensions([]), Object.create(null)];
    for (const [at, object] of objects.entries()) {
      expect(names.get(object)).toBeUndefined();
      names.delete(object);
      names.set(object, `name ${at}`);
      numbers.set(object, at);
      expect([names.get(object), numbers.get(object)]).toEqual([`name ${at}`, at]);
      names.set(object, "another");
      numbers.delete(object);
      expect([names.get(object), numbers.get(object)]).toEqual(["another", undefined]);
    }
    expect(objects.map((object) => names.get(object))).toEqual(objects.map(() => "another"));
  });

  it("run nothing of a proxy and are not those of what is behind it", () => {
    const marks = newMarks<string>();
    const asked: string[] = [];
    const target = {};
    const proxy = new Proxy(target, {
      get: (_, key) => void asked.push(String(key)),
      has: (_, key) => asked.push(String(key)) > 0,
      defineProperty: (_, key) => asked.push(String(key)) > 0,
      set: (_, key) => asked.push(String(key)) > 0,
      isExtensible: () => asked.push("isExtensible") > 0,
    });
    marks.set(target, "target");
    expect(marks.get(proxy)).toBeUndefined();
    marks.set(proxy, "proxy");
    expect([marks.get(proxy), marks.get(target)]).toEqual(["proxy", "target"]);
    expect(asked).toEqual([]);
  });

  it("cannot be seen by the program", () => {
    const marks = newMarks<string>();
    const request = new IncomingMessage(new Socket());
    const seen = (of: object): unknown => [
      Reflect.ownKeys(of),
      inspect(of, { showHidden: true, depth: 0 }),
      Object.getOwnPropertyDescriptors(of),
    ];
    const before = seen(request);
    marks.set(request, "ours");
    expect(seen(request)).toEqual(before);
    const plain = { a: 1 };
    marks.set(plain, "ours");
    expect([JSON.stringify(plain), serialize(plain), { ...plain }, structuredClone(plain)]).toEqual([
      '{"a":1}',
      serialize({ a: 1 }),
      { a: 1 },
      { a: 1 },
    ]);
    expect(marks.get({ ...plain })).toBeUndefined();
  });
});
