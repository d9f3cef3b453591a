// What random programs declare: variables, functions of every kind with their parameters, classes with their members.
import { type BodyKind, type Callable, type Place, deepest } from "./random-choices.test-support.js";
import { RandomExpressions } from "./random-expressions.test-support.js";

export abstract class RandomDeclarations extends RandomExpressions {
  protected abstract statements(place: Place, most?: number, least?: number): string;

  protected declaration(place: Place): readonly [text: string, after: Place] {
    const isOutermost = place.depth <= 1;
    const note = (name: string, kind: Callable["kind"]): Place => {
      if (place.depth === 0) this.callables.push({ name, kind });
      return { ...place, names: [...place.names, name] };
    };
    if (place.depth < deepest)
      switch (this.below(isOutermost ? 7 : 10)) {
        case 0:
        case 1:
        case 2: {
          const name = this.newName("f");
          const [text, kind] = this.function(place, name);
          return [text, note(name, kind)];
        }
        case 3: {
          const name = this.newName("C");
          return [this.class({ ...place, depth: place.depth + 1 }, name), note(name, "class")];
        }
        case 4: {
          const name = this.newName("g");
          const [text, kind] = this.functionExpression(place, name);
          return [`${this.one(["const", "let", "var"])} ${name} = ${text};`, note(name, kind)];
        }
        default:
          break;
      }
    const name = this.newName("v");
    const names = { ...place, names: [...place.names, name] };
    if (this.chance(0.3)) return [`const ${this.pattern(place, name)} = ${this.object(place)};`, names];
    const isConstant = this.chance(0.3);
    const text = `${isConstant ? "const" : this.one(["let", "var"])} ${name} = ${this.expression(place)};`;
    return [text, isConstant ? names : { ...names, variables: [...names.variables, name] }];
  }

  protected pattern(place: Place, name: string): string {
    const inner = { ...place, depth: deepest };
    return this.one([
      () => `{ a: ${name} }`,
      () => `{ b: ${name} = ${this.expression(inner)}, ...${this.newName("rest")} }`,
      () => `{ [${this.key(inner)}]: { x: ${name} } = {} }`,
      () => `{ length: ${name} = t(0) }`,
    ])();
  }

  /** As a declaration. */
  protected function(place: Place, name: string): readonly [string, Callable["kind"]] {
    const isAsync = this.chance(0.35);
    const isGenerator = this.chance(0.25);
    const text = `${isAsync ? "async " : ""}function${isGenerator ? "*" : ""} ${name}${this.parametersAndBody(place, name, { isAsync, isGenerator })}`;
    return [text, kindOf(isAsync, isGenerator)];
  }

  /** One that is known by `name`, which it is given to. */
  protected functionExpression(place: Place, name: string): readonly [string, Callable["kind"]] {
    const isAsync = this.chance(0.35);
    if (this.chance(0.6)) return [this.arrow(place, name, isAsync), kindOf(isAsync, false)];
    const isGenerator = this.chance(0.25);
    const text = `${isAsync ? "async " : ""}function${isGenerator ? "*" : ""} ${this.parametersAndBody(place, name, { isAsync, isGenerator })}`;
    return [text, kindOf(isAsync, isGenerator)];
  }

  protected arrow(place: Place, name: string, isAsync: boolean): string {
    const inside: Place = {
      ...this.inFunction(place, isAsync, false),
      hasArguments: place.hasArguments,
      hasNewTarget: place.hasNewTarget,
      hasSuper: place.hasSuper,
    };
    const [parameters, names] = this.parameters({ ...inside, isAsync: false });
    const within: Place = { ...inside, names: [...place.names, ...names], variables: [...place.variables, ...names] };
    const start = `${isAsync ? "async " : ""}${names.length === 1 && parameters === names[0] && this.chance(0.5) ? parameters : `(${parameters})`} =>${this.one([" ", " // why =>\n", " /* => */ "])}`;
    if (this.chance(0.5)) {
      const value = this.expression(within);
      return `${start}${this.one([`($(${JSON.stringify(name)}), ${value})`, `[$(${JSON.stringify(name)}), ${value}]`])}`;
    }
    return `${start}{ $(${JSON.stringify(name)}); ${this.statements({ ...within, isInFunction: true }, 3)} ${this.ending(within)}}`;
  }

  protected inFunction(place: Place, isAsync: boolean, isGenerator: boolean): Place {
    return {
      ...place,
      depth: place.depth + 1,
      isAsync,
      isGenerator,
      isInFunction: true,
      hasArguments: true,
      hasNewTarget: true,
      hasSuper: false,
      isInLoop: false,
      isInSwitch: false,
      labels: [],
    };
  }

  /** `(…) {…}` of a function, constructor, method or accessor; `name` "" where its calls are not told of. */
  protected parametersAndBody(place: Place, name: string, kind: BodyKind): string {
    const inside: Place = {
      ...this.inFunction(place, kind.isAsync === true, kind.isGenerator === true),
      hasSuper: kind.hasSuper === true,
    };
    const [parameters, names] =
      kind.given === "none"
        ? ["", []]
        : kind.given === "one"
          ? this.oneParameter()
          : this.parameters({ ...inside, isAsync: false, isGenerator: false });
    const isSimple = parameters === names.join(", ");
    const isDirected = isSimple && this.chance(0.1);
    const within: Place = {
      ...inside,
      isStrict: inside.isStrict || isDirected,
      names: [...place.names, ...names],
      variables: [...place.variables, ...names],
      isInFunction: kind.hasReturn !== false,
    };
    const hoisted = this.chance(0.1) && name !== "" ? this.hoisted(within) : "";
    const directive = isDirected ? '"use strict"; ' : "";
    return `(${parameters}) { ${directive}$(${JSON.stringify(name)}); ${kind.before ?? ""}${this.statements(within, 4)} ${hoisted}${kind.hasReturn === false ? "" : this.ending(within)}}`;
  }

  /** What means something else where a function's statements are put in a block. */
  protected hoisted(place: Place): string {
    const name = this.newName("h");
    const body = `{ $(${JSON.stringify(name)}); return ${this.value()}; }`;
    const existing = place.variables[place.variables.length - 1] ?? name;
    return this.one([
      `t(typeof ${name}, ${name}()); function ${name}() ${body} `,
      `var ${name} = 1; t(typeof ${name}); function ${name}() ${body} `,
      `{ function ${name}() ${body} } t(typeof ${name} === "undefined" || ${name}()); `,
      place.isStrict ? "" : `function ${name}() ${body} function ${name}() ${body} t(${name}()); `,
      place.isInFunction && this.chance(0.5) ? `t(typeof ${existing}); ` : "",
    ]);
  }

  protected ending(place: Place): string {
    return this.chance(0.5) ? `return ${this.expression(place)}${this.one([";", " // )\n", "\n", " "])}` : "";
  }

  protected oneParameter(): readonly [string, readonly string[]] {
    const name = this.newName("p");
    return [name, [name]];
  }

  protected parameters(place: Place): readonly [string, readonly string[]] {
    const names: string[] = [];
    const texts = this.some(this.chance(0.1) ? 6 : 3, () => {
      const name = this.newName("p");
      const inner: Place = { ...place, depth: deepest - 1, names: [...place.names, ...names], isInFunction: false };
      names.push(name);
      switch (this.below(8)) {
        case 0:
          return `${name} = ${this.expression(inner)}`;
        case 1:
          return this.pattern(inner, name) + (this.chance(0.7) ? " = {}" : "");
        case 2:
          return `[${name}, ${this.newName("p")} = ${this.write(inner)}] = [${this.value()}]`;
        default:
          return name;
      }
    });
    if (this.chance(0.15)) {
      const name = this.newName("p");
      names.push(name);
      texts.push(`...${name}`);
    }
    return [texts.join(", "), names];
  }

  protected class(place: Place, name: string): string {
    const isDerived = this.chance(0.4);
    const base = isDerived
      ? this.one([
          "Base",
          "Array",
          "(t('heritage'), Base)",
          ...this.callables.flatMap((one) => (one.kind === "class" ? [one.name] : [])),
        ])
      : "";
    const fields = [this.newName("field"), this.newName("field")];
    const inside: Place = { ...place, isStrict: true, fields: [...place.fields, ...fields] };
    const plain: Place = {
      ...this.inFunction(inside, false, false),
      isInFunction: false,
      hasArguments: false,
      hasNewTarget: false,
    };
    const members = [
      ...fields.map((field) => `#${field} = ${this.expression({ ...plain, fields: place.fields })};`),
      ...this.some(5, () => this.classMember(inside, plain, name)),
    ];
    if (this.chance(0.6))
      members.splice(
        this.below(members.length + 1),
        0,
        `constructor${this.parametersAndBody(inside, name, { hasSuper: true, before: isDerived ? `super(${this.given({ ...plain, depth: deepest })}); ` : "", hasReturn: this.chance(0.1) })}`,
      );
    return `class ${name}${isDerived ? ` extends ${base}` : ""} { ${members.join(" ")} }`;
  }

  protected classMember(inside: Place, plain: Place, className: string): string {
    const isStatic = this.chance(0.25);
    const start = isStatic ? "static " : "";
    const name = this.newName("m");
    const isAsync = this.chance(0.25);
    const isGenerator = this.chance(0.25);
    const key = this.one([name, name, `#${name}`, `"${name}"`, `[t("${name}")]`]);
    const known = key.startsWith("[") ? "" : key.startsWith("#") ? `#${name}` : name;
    const told = known === "" ? "" : `${className}.${known}`;
    switch (this.below(8)) {
      case 0:
        return `${start}${this.chance(0.5) ? name : `#${name}`} = ${this.expression({ ...plain, hasSuper: true })};`;
      case 1:
        return `static { ${this.statements({ ...plain, hasSuper: true }, 3)} }`;
      case 2:
        return `${start}get ${key}${this.parametersAndBody(inside, told, { hasSuper: true, given: "none" })}`;
      case 3:
        return `${start}set ${key}${this.parametersAndBody(inside, told, { hasSuper: true, given: "one" })}`;
      case 4:
        return `${start}${name} = ${this.functionExpression({ ...plain, hasSuper: false }, `${className}.${name}`)[0]};`;
      default:
        return `${start}${isAsync ? "async " : ""}${isGenerator ? "*" : ""}${key}${this.parametersAndBody(inside, told, { hasSuper: true, isAsync, isGenerator })}`;
    }
  }
}

function kindOf(isAsync: boolean, isGenerator: boolean): Callable["kind"] {
  if (isGenerator) return isAsync ? "async generator" : "generator";
  return isAsync ? "async" : "function";
}
