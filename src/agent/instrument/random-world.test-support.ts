// What a random program finds, the same each time: what it tells of itself, the state that it writes to, and what it calls. Values are
// noted as texts, by which nothing of the program is run.
const mostEntered = 400;
const mostTraced = 4000;

export class World {
  readonly trace: string[] = [];
  readonly entered: string[] = [];
  readonly state = stateOf((line) => this.note(line));
  #exercised = 0;

  note(line: string): void {
    if (this.trace.length < mostTraced) this.trace.push(line);
  }

  /** What a program reads by its names. */
  globals(): Record<string, unknown> {
    const t = <Value>(value: Value): Value => (this.note(textOf(value)), value);
    const caught = (error: unknown): void => this.note(`caught ${errorText(error)}`);
    const attempt = (work: () => unknown): unknown => {
      try {
        return work();
      } catch (error) {
        caught(error);
        return undefined;
      }
    };
    const settle = (name: string, work: () => unknown): Promise<unknown> => {
      const promise = new Promise((resolve) => resolve(work()));
      return promise.then(
        (value) => this.note(`${name} ${textOf(value)}`),
        (error: unknown) => this.note(`${name} rejected ${errorText(error)}`),
      );
    };
    const drive = (iterator: Iterator<unknown, unknown, unknown>, way: number): unknown => {
      const steps = [
        () => iterator.next(1),
        () => iterator.next("b"),
        () =>
          way === 1 ? iterator.throw?.(new Error("thrown in")) : way === 2 ? iterator.return?.("r") : iterator.next(),
        () => iterator.next({ a: 1 }),
        () => iterator.next(),
      ];
      for (const step of steps) attempt(() => t(step()));
      return way === 3 ? attempt(() => t([...limited(iterator)])) : undefined;
    };
    const driveAsync = async (iterator: AsyncIterator<unknown, unknown, unknown>, way: number): Promise<void> => {
      const steps = [
        () => iterator.next(1),
        () =>
          way === 1
            ? iterator.throw?.(new Error("thrown in"))
            : way === 2
              ? iterator.return?.("r")
              : iterator.next("b"),
        () => iterator.next(),
      ];
      const results = steps.map(async (step, at) => {
        if (way === 3) await later(undefined, at);
        return step();
      });
      for (const result of results) await result.then(t, caught);
    };
    const later = async (value: unknown, turns = 1): Promise<unknown> => {
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      return value;
    };
    const run = (value: unknown, given: readonly unknown[], name: string, self: unknown): void => {
      if (typeof value !== "function") return;
      const result = attempt(() => t(Reflect.apply(value, self, given)));
      if (typeof result !== "object" || result === null) return;
      if (Symbol.asyncIterator in result) void settle(name, () => driveAsync(Object(result), name.length % 4));
      else if ("next" in result) drive(Object(result), name.length % 4);
      else if (result instanceof Promise) void settle(name, () => result);
    };
    const exercise = (value: unknown): unknown => {
      if (this.#exercised >= 2 || (typeof value !== "object" && typeof value !== "function") || value === null)
        return value;
      this.#exercised++;
      const self: unknown = typeof value === "function" ? attempt(() => Reflect.construct(value, [1])) : value;
      for (const owner of [value, prototypeOf(value)]) {
        if (owner === null || owner === undefined || isBuiltIn(owner)) continue;
        for (const [name, { get, set, value: held }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
          if (name === "constructor" || name === "prototype") continue;
          if (get !== undefined) attempt(() => t(Reflect.apply(get, self, [])));
          if (set !== undefined) attempt(() => Reflect.apply(set, self, [2]));
          run(held, [1, { x: 2 }], name, self);
        }
      }
      this.#exercised--;
      return value;
    };
    const note = (line: string): void => this.note(line);
    return {
      t,
      caught,
      settle,
      drive,
      driveAsync,
      later,
      exercise,
      $: (name: string): void => {
        if (name !== "") this.entered.push(name);
        this.#spent++;
        if (this.#spent > mostEntered) throw new Error("entered too often");
      },
      ...this.state,
      count: {},
      deep: () => t(this.state.o["q"] ?? {}),
      own: (value: unknown) => (value === globalThis ? {} : (value ?? {})),
      key: (name: string) => ({
        toString() {
          note(`key ${name}`);
          return name;
        },
      }),
      few: (some: unknown) => [...limited(Reflect.apply(Array.prototype.values, Array.from(Object(some)), []))],
      take: (work: unknown, ...given: unknown[]): unknown => (run(work, given, "taken", undefined), given[0]),
      tag: (texts: TemplateStringsArray, ...given: unknown[]): unknown => t([texts.raw.join("|"), ...given]),
      byText: (one: unknown, other: unknown): number => (textOf(one) < textOf(other) ? -1 : 1),
      thenable: (value: unknown) => ({
        then(resolve: (value: unknown) => void): void {
          note("then");
          resolve(value);
        },
      }),
      traced: (most: number) => ({
        at: 0,
        [Symbol.iterator]() {
          return this;
        },
        next() {
          note("next");
          return { done: this.at >= most, value: this.at++ };
        },
        return(value: unknown) {
          note("closed");
          return { done: true, value };
        },
      }),
      counted: (most: number) => ({
        at: 0,
        [Symbol.asyncIterator]() {
          return this;
        },
        async next() {
          note("next");
          await Promise.resolve();
          return { done: this.at >= most, value: this.at++ };
        },
        async return(value: unknown) {
          note("closing");
          await Promise.resolve();
          return { done: true, value };
        },
      }),
      Base: class Base {
        made: unknown;
        constructor(...given: unknown[]) {
          this.made = given.length;
        }
        get s(): unknown {
          note("get s");
          return 1;
        }
        set s(value: unknown) {
          note(`set s ${textOf(value)}`);
        }
        hello(...given: unknown[]): unknown {
          return t(given.length);
        }
      },
    };
  }
  #spent = 0;
}

function stateOf(note: (line: string) => void) {
  const o: Record<string, unknown> = {
    a: 1,
    b: { c: [1] },
    q: { b: 1, r: {} },
    l: [1],
    m: new Map<unknown, unknown>([["a", 1]]),
    s: new Set<unknown>([1]),
    f(...given: unknown[]): unknown {
      note(`f ${textOf(given)}`);
      return given[0];
    },
    get got(): unknown {
      note("get got");
      return 5;
    },
    set got(value: unknown) {
      note(`set got ${textOf(value)}`);
    },
  };
  const a: unknown[] = [1, "b", { x: 2 }];
  return { o, a, m: new Map<unknown, unknown>([["k", { v: 1 }]]), s: new Set<unknown>([1, "b"]) };
}

function* limited(iterator: Iterator<unknown>): Generator {
  for (let left = 3; left > 0; left--) {
    const { done, value } = iterator.next();
    if (done === true) return;
    yield value;
  }
}

const prototypeOf = (value: object): unknown =>
  typeof value === "function" ? Reflect.get(value, "prototype") : Object.getPrototypeOf(value);

const builtIn: ReadonlySet<unknown> = new Set(
  [Object, Array, Map, Set, Promise, Error, Date, Function].map((one) => one.prototype),
);
const isBuiltIn = (value: unknown): boolean => builtIn.has(value) || value === globalThis;

/** Runs nothing of the program. */
function textOf(value: unknown, depth = 2): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 80));
  if (typeof value === "function") return `function ${nameOf(value)}`;
  if (typeof value !== "object" || value === null) return typeof value === "bigint" ? `${value}n` : String(value);
  if (value === globalThis) return "global";
  if (value instanceof Error) return errorText(value);
  if (value instanceof Map || value instanceof Set) return `${value.size} in ${value.constructor.name}`;
  if (depth === 0) return "…";
  const parts = Object.entries(Object.getOwnPropertyDescriptors(value))
    .slice(0, 8)
    .map(([key, { value: held, get }]) => `${key}:${get === undefined ? textOf(held, depth - 1) : "get"}`);
  return `${Array.isArray(value) ? "list" : ""}{${parts.join(",")}}`;
}

const nameOf = (value: object): string => {
  const { name, length } = Object.getOwnPropertyDescriptors(value);
  const text = Function.prototype.toString.call(value);
  return `${String(name?.value)}/${String(length?.value)} of ${text.length}`;
};

/** V8's own messages name what stands in the source, and that is not the same. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return textOf(error);
  const name = Reflect.get(Object.getPrototypeOf(error), "name");
  return error.constructor === Error ? `${String(name)}: ${error.message}` : String(name);
}
