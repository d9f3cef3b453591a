// Expressions of random programs: values, reads and writes of all kinds of places, calls, what waits and yields.
import { type BodyKind, type Callable, type Place, RandomChoices, deepest } from "./random-choices.test-support.js";

export abstract class RandomExpressions extends RandomChoices {
  // What may stand in an expression and is more than one: those who extend this make it.
  protected abstract class(place: Place, name: string): string;
  protected abstract functionExpression(place: Place, name: string): readonly [string, Callable["kind"]];
  protected abstract parametersAndBody(place: Place, name: string, kind: BodyKind): string;

  protected value(): string {
    return this.one([
      "0",
      "1",
      "2",
      "-1",
      '"a"',
      '"b"',
      "null",
      "undefined",
      "true",
      "false",
      "1.5",
      "3n",
      "''",
      "NaN",
    ]);
  }

  /** As a key, so that objects have few. */
  protected key(place: Place): string {
    return this.one([
      '"a"',
      '"b"',
      "0",
      "1",
      't("a")',
      'key("b")',
      place.names.length > 0 ? this.one(place.names) : '"x"',
    ]);
  }

  protected object(place: Place): string {
    const named = place.names.length > 0 && this.chance(0.1) ? this.one(place.names) : "o";
    return this.one([
      "o",
      "a",
      "o.q",
      "t(o)",
      "o.l",
      named,
      "deep()",
      "(t(1), o)",
      "own(this)",
      "o?.q",
      "{ a: 1, x: { x: 2 } }",
    ]);
  }

  protected iterable(place: Place): string {
    return this.one([
      () => `[${this.some(3, () => this.value()).join(", ")}]`,
      () => "few(a)",
      () => "few(m.keys())",
      () => `"ab"`,
      () => this.callOf(place, "generator") ?? "[1]",
      () => `traced(${this.below(4)})`,
      () => "new Set([1, 'k'])",
    ])();
  }

  protected member(place: Place): string {
    const owner = this.one(["o", "a", "o.q", "o.l", "t(o)", "deep()", "o.q.r", "(t(1), o)"]);
    const self = this.chance(0.15) && place.fields.length > 0 ? `this.#${this.one(place.fields)}` : undefined;
    if (self !== undefined) return self;
    if (place.hasSuper && this.chance(0.1)) return this.one(["super.s", 'super["s"]', "super[t('s')]"]);
    if (this.chance(0.1)) return `this.${this.one(["x", "y"])}`;
    return this.chance(0.5) ? `${owner}.${this.one(["a", "b", "x", "length", "got"])}` : `${owner}[${this.key(place)}]`;
  }

  /** What can be written to. */
  protected target(place: Place): string {
    if (this.chance(0.3) && place.variables.length > 0) return this.one(place.variables);
    const inner = { ...place, depth: deepest };
    switch (this.below(8)) {
      case 0:
        return `[${this.member(inner)}, ${this.member(inner)} = ${this.value()}]`;
      case 1:
        return `{ a: ${this.member(inner)}, [${this.key(inner)}]: ${this.member(inner)} = t(1), ...${this.member(inner)} }`;
      case 2:
        return `[, [${this.member(inner)}] = [2], ...${this.member(inner)}]`;
      default:
        return this.member(place);
    }
  }

  protected write(place: Place): string {
    const small = (): string => this.expression({ ...place, depth: Math.max(place.depth, deepest - 1) });
    switch (this.below(16)) {
      case 0:
        return `${this.member(place)}${this.one(["++", "--"])}`;
      case 1:
        return `${this.one(["++", "--"])}${this.member(place)}`;
      case 2:
        return `delete ${this.one(["o.a", "o.q.b", "o[key('a')]", "a[1]", "o?.q?.b", "t(o).x", "o.none?.q.b"])}`;
      case 3:
        return `${this.member(place)} ${this.one(["-=", "*=", "|=", ">>>=", "**="])} ${this.value()}`;
      case 4:
        return `${this.member(place)} ${this.one(["??=", "||=", "&&="])} ${small()}`;
      case 5:
        return `${this.one(["a", "o.l", "t(a)", "deep().l"])}${this.one(["", "", "?"])}.push(${this.given(place)})`;
      case 6:
        return `${this.one(["a", "o.l", "o?.l"])}.${this.one(["pop()", "shift()", `unshift(${this.value()})`, `splice(${this.below(3)}, 1, ${this.value()})`, "reverse()", "fill(t(1), 1)", "sort(byText)", "copyWithin(0, 1)"])}`;
      case 7:
        return `${this.one(["m", "o.m", "t(m)"])}.${this.one([`set(${this.key(place)}, ${small()})`, `set(1, 2).set(${this.key(place)}, 3)`, `delete(${this.key(place)})`, "clear()"])}`;
      case 8:
        return `${this.one(["s", "o.s", "t(s)"])}.${this.one([`add(${small()})`, `delete(${this.key(place)})`, `add(1).add(${this.value()})`, "clear()"])}`;
      case 9:
        return this.one([
          `Object.assign(${this.one(["o", "t(o)", "o.q"])}, { a: ${small()} }, ${this.object(place)})`,
          `Object.defineProperty(o, ${this.key(place)}, { value: ${small()}, configurable: true, enumerable: true, writable: true })`,
          `Reflect.set(o, ${this.key(place)}, ${small()})`,
          `Reflect.deleteProperty(t(o), ${this.key(place)})`,
          `[].push.call(a, ${this.value()})`,
          `Array.prototype.unshift.apply(t(a), [${this.value()}])`,
          `Object.freeze({ a: 1 }).a = ${this.value()}`,
        ]);
      case 10: {
        const target = this.target(place);
        const value = target.startsWith("[")
          ? `[${this.some(3, small).join(", ")}]`
          : target.startsWith("{")
            ? this.object(place)
            : small();
        return target.startsWith("{") ? `(${target} = ${value})` : `${target} = ${value}`;
      }
      case 11:
        return `${this.member(place)} = ${this.member(place)} = ${small()}`;
      case 12:
        return `${this.member(place)} = ${this.one(["function () { return 1; }", "() => 1", "class {}", "async () => 2"])}`;
      default:
        return `${this.member(place)} = ${small()}`;
    }
  }

  protected given(place: Place): string {
    return this.some(3, () =>
      this.chance(0.15)
        ? `...${this.iterable({ ...place, depth: deepest })}`
        : this.expression({ ...place, depth: Math.max(place.depth, deepest - 1) }),
    ).join(", ");
  }

  protected callOf(place: Place, kind: Callable["kind"]): string | undefined {
    const found = this.callables.filter((one) => one.kind === kind && place.names.includes(one.name));
    return found.length === 0 ? undefined : `${this.one(found).name}(${this.given({ ...place, depth: deepest })})`;
  }

  protected expression(place: Place): string {
    if (place.depth >= deepest) return this.short(place);
    const inner: Place = { ...place, depth: place.depth + 1 };
    const e = (): string => this.expression(inner);
    const kinds: (() => string)[] = [
      () => this.short(place),
      () => this.short(place),
      () => `t(${e()})`,
      () => `t(${e()})`,
      () => `(${this.write(inner)})`,
      () => `(${this.write(inner)})`,
      () => `(${e()} ${this.one(["-", "===", "<", "&&", "||", "??", "^", ","]).replace("??", ",")} ${e()})`,
      () => `(${e()} ? ${e()} : ${e()})`,
      () => `[${this.given(inner)}]`,
      () => this.literal(inner),
      () => `typeof ${this.member(inner)}`,
      () => `void ${e()}`,
      () => "`a${t(" + e() + ")}b${typeof " + this.short(place) + "}`",
      () => "tag`x${" + e() + "}y${" + e() + "}`",
      () =>
        `${this.one(["o", "o.none", "undefined", "t(o)"])}?.${this.one(["q.b", "none?.a.b", "q?.[t(1)]", "f?.(t(2))", "q.none?.(t(3)).x", "f()", "l.at(0)"])}`,
      () => `(${this.functionExpression(inner, "")[0]})(${this.given(inner)})`,
      () => `take(${this.functionExpression(inner, "")[0]}, ${this.given(inner)})`,
      () => this.call(inner),
      () => this.call(inner),
      () => this.call(inner),
      () => `new (${this.class(inner, this.newName("C"))})(${this.given(inner)})`,
      () => `exercise(${this.class(inner, this.newName("C"))})`,
      () => `(${this.key(place)} in ${this.one(["o", "a", "o.q"])})`,
    ];
    if (place.isAsync) kinds.push(...Array.from({ length: 4 }, () => () => this.await(inner)));
    if (place.isGenerator) kinds.push(...Array.from({ length: 4 }, () => () => this.yield(inner)));
    if (place.hasArguments) kinds.push(() => this.one(["arguments.length", "arguments[0]", "few(arguments)"]));
    if (place.hasNewTarget) kinds.push(() => "typeof new.target");
    if (place.hasSuper)
      kinds.push(() => this.one([`super.s`, `super.hello?.(${this.given(inner)})`, "super.toString === undefined"]));
    if (place.fields.length > 0)
      kinds.push(() => {
        const field = this.one(place.fields);
        return this.one([
          `this.#${field}`,
          `(#${field} in ${this.object(place).replace(/^\{.*/, "o")})`,
          `this?.#${field}`,
          `(this.#${field} = ${e()})`,
          `this.#${field}++`,
          `[this.#${field}, o.a] = [1, ${e()}]`,
        ]).replace(/^\[this.*/s, (text) => `(${text})`);
      });
    return this.one(kinds)();
  }

  protected await(place: Place): string {
    const awaited = this.one([
      () => this.expression(place),
      () => `later(${this.value()})`,
      () => `later(${this.value()}, ${this.below(3)})`,
      () => `Promise.reject(${this.value()})`,
      () => `thenable(${this.value()})`,
      () => this.callOf(place, "async") ?? "later(1)",
      () => `Promise.all([later(1), ${this.expression(place)}])`,
    ])();
    return `(await ${awaited})`;
  }

  protected yield(place: Place): string {
    if (this.chance(0.2)) return "(yield)";
    if (this.chance(0.25)) return `(yield* ${this.iterable(place)})`;
    return `(yield ${this.expression(place)})`;
  }

  protected call(place: Place): string {
    const found = this.callables.filter(({ name }) => place.names.includes(name));
    if (found.length === 0 || this.chance(0.15))
      return this.one([`o.f(${this.given(place)})`, `o.got`, `o?.f?.(${this.given(place)})`]);
    const { name, kind } = this.one(found);
    const given = this.given(place);
    switch (kind) {
      case "function":
        return this.one([
          `${name}(${given})`,
          `${name}.call(${this.one(["o", "a", "null", "1"])}, ${given || "1"})`,
          `${name}?.(${given})`,
        ]);
      case "class":
        return this.one([`new ${name}(${given})`, `exercise(new ${name}(${given}))`, `${name}(${given})`]);
      case "generator":
        return `drive(${name}(${given}), ${this.below(4)})`;
      case "async":
        return `settle("${this.newName("s")}", () => ${name}(${this.given({ ...place, isAsync: false, isGenerator: false })}))`;
      case "async generator":
        return `settle("${this.newName("s")}", () => driveAsync(${name}(), ${this.below(4)}))`;
    }
  }

  protected literal(place: Place): string {
    const self = { ...place, hasSuper: false };
    const parts = this.some(4, () => {
      const name = this.newName("k");
      const key = this.one([name, `"${name}"`, `[t("${name}")]`]);
      const told = key.startsWith("[") ? "" : name;
      const isAsync = this.chance(0.3);
      const isGenerator = this.chance(0.3);
      switch (this.below(7)) {
        case 0:
          return `get ${key}${this.parametersAndBody(self, told, { hasSuper: true, given: "none" })}`;
        case 1:
          return `set ${key}${this.parametersAndBody(self, told, { hasSuper: true, given: "one" })}`;
        case 2:
          return `${isAsync ? "async " : ""}${isGenerator ? "*" : ""}${key}${this.parametersAndBody(self, told, { hasSuper: true, isAsync, isGenerator })}`;
        case 3:
          return `...${this.one(["o.q", "few(a)", "null", "t({ a: 1 })"])}`;
        case 4:
          return `${key}: ${this.functionExpression(self, told)[0]}`;
        default:
          return `${this.one(["a", "b", "x", key])}: ${this.expression(place)}`;
      }
    });
    return `exercise({ ${parts.join(", ")} })`;
  }

  protected short(place: Place): string {
    return this.one([
      () => this.value(),
      () => this.value(),
      () => `t(${this.value()})`,
      () => (place.names.length > 0 ? this.one(place.names) : "o"),
      () => (place.names.length > 0 ? `t(${this.one(place.names)})` : "t(o)"),
      () => this.member({ ...place, depth: deepest }),
      () => "this",
    ])();
  }
}
