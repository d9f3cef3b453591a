import { Script } from "node:vm";
import { describe, expect, it } from "vitest";
import { hasOurNames, marked, showWrittenText, writtenText } from "./function-text.js";
import { helpersName } from "./write-helpers.js";

const open = marked(`${helpersName}.s(o,"x",sites$h+0,`, false);
const close = marked(")", true);

describe("writtenText", () => {
  it("leaves out what was inserted", () => {
    const look = marked(`${helpersName}.b(o,"=",(`, false);
    const text = `(o) => ${open}o.x = ${look}o.y${marked("))", true)}${close}`;
    expect(writtenText(text)).toBe("(o) => o.x = o.y");
    expect(writtenText(`{${open}o.x = 1${close}; "/*", '*/', $h + 1 }`)).toBe(`{o.x = 1; "/*", '*/', $h + 1 }`);
  });

  it("leaves alone what only resembles it", () => {
    const texts = [
      "",
      "(o) => o.x",
      "/*$$h0*/",
      "(o) => (1 + 2) /*$$h3*/",
      `${helpersName}.s(o)`,
      `${helpersName} /*$$h`,
      `${helpersName} /*$$h3`,
      `${helpersName} /*$$h*`,
      `${helpersName} /*$$h+`,
      `${helpersName} /*$$h3 */`,
      `${helpersName}/*$$h99*/`,
      `${helpersName}/*$$h99999999999999999999999*/`,
      `${open}a/*$$h3*/ ${open.slice(8)}`,
      `${open}o.x${close} ${helpersName}`,
    ];
    expect(texts.map(writtenText)).toEqual(texts);
  });

  it("is not asked about source that holds what we write", () => {
    expect(["a.b", "/*$h3*/", "$$h", helpersName, "'/*$$h'"].map(hasOurNames)).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
  });
});

describe("showWrittenText", () => {
  const sample: unknown = new Script(`(o) => { ${open}o.x = 1${close}; }`).runInThisContext();
  const property = () => Object.getOwnPropertyDescriptor(Function.prototype, "toString");

  it("shows what was written until it is undone, by a function that cannot be told from the one it stands in for", () => {
    const before = property();
    const native = String(sample);
    const undo = showWrittenText();
    try {
      const now = property();
      expect(now).toEqual({ ...before, value: expect.any(Function) });
      expect(now?.value).not.toBe(before?.value);
      expect([String(now?.value), Reflect.ownKeys(now?.value), now?.value.name, now?.value.length]).toEqual([
        String(before?.value),
        Reflect.ownKeys(before?.value),
        "toString",
        0,
      ]);
      expect(() => Reflect.construct(now?.value, [])).toThrow("is not a constructor");
      expect(() => Function.prototype.toString.call({})).toThrow(
        new TypeError("Function.prototype.toString requires that 'this' be a Function"),
      );
      expect(String(sample)).toBe("(o) => { o.x = 1; }");
    } finally {
      undo();
    }
    expect(property()).toEqual(before);
    expect(property()?.value).toBe(before?.value);
    expect(String(sample)).toBe(native);
  });

  it("passes through for whoever has built on it", () => {
    const before = property();
    const native = String(sample);
    const undo = showWrittenText();
    const ours = Function.prototype.toString;
    const theirs = function (this: unknown): string {
      return ours.call(this);
    };
    Function.prototype.toString = theirs;
    try {
      undo();
      expect(Function.prototype.toString).toBe(theirs);
      expect(String(sample)).toBe(native);
    } finally {
      Object.defineProperty(Function.prototype, "toString", before ?? {});
    }
  });

  it("keeps its hands off a property that cannot be put back, and off what others give that is no text", () => {
    const before = property();
    Object.defineProperty(Function.prototype, "toString", { value: () => 5, configurable: true });
    try {
      const undo = showWrittenText();
      expect(Reflect.apply(Function.prototype.toString, sample, [])).toBe(5);
      undo();
    } finally {
      Object.defineProperty(Function.prototype, "toString", before ?? {});
    }
  });
});
