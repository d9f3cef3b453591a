// Statements of random programs: loops, labels and jumps between them, what is tried, and what stands in blocks.
import { type Place, deepest } from "./random-choices.test-support.js";
import { RandomDeclarations } from "./random-declarations.test-support.js";

export class RandomStatements extends RandomDeclarations {
  protected block(place: Place, most = 3): string {
    return `{ ${this.statements(place, most)} }`;
  }

  protected statements(place: Place, most = 3, least = 0): string {
    const texts: string[] = [];
    let at = { ...place, depth: place.depth + 1 };
    for (let left = least + this.below(most + 1 - least); left > 0; left--) {
      if (this.chance(0.25)) {
        const [text, next] = this.declaration(at);
        texts.push(text);
        at = next;
      } else texts.push(this.statement(at));
    }
    return texts.join(this.chance(0.2) ? "\n" : " ");
  }

  protected statement(place: Place): string {
    if (place.depth >= deepest) return this.expressionStatement(place);
    const kinds: (() => string)[] = [
      () => this.expressionStatement(place),
      () => this.expressionStatement(place),
      () => this.expressionStatement(place),
      () => this.conditional(place),
      () => this.loop(place, undefined),
      () => this.switch(place),
      () => this.try(place),
      () => this.labelled(place),
      () => `throw ${this.expression(place)};`,
      () => this.block(place),
      () => `;`,
    ];
    if (place.isInFunction)
      kinds.push(
        () => this.return(place),
        () => this.return(place),
      );
    if (place.isInLoop)
      kinds.push(
        () => "break;",
        () => "continue;",
      );
    if (place.isInSwitch) kinds.push(() => "break;");
    if (place.labels.length > 0) kinds.push(() => this.jump(place));
    if (place.isAsync) kinds.push(() => this.awaitingLoop(place, undefined));
    if (!place.isStrict) kinds.push(() => `with (${this.object(place)}) ${this.block(place, 2)}`);
    return this.one(kinds)();
  }

  protected return(place: Place): string {
    return this.chance(0.25) ? "return;" : `return ${this.expression(place)};`;
  }

  protected expressionStatement(place: Place): string {
    const text = this.chance(0.4) ? this.write(place) : this.expression(place);
    return /^(?:[{"]|function|class|async|let\s*\[)/.test(text) ? `(${text});` : `${text};`;
  }

  protected conditional(place: Place): string {
    const branch = (): string =>
      this.chance(0.7) ? this.block(place) : this.statement({ ...place, depth: place.depth + 1 });
    return `if (${this.expression(place)}) ${this.block(place)}${this.chance(0.5) ? ` else ${branch()}` : ""}`;
  }

  protected loop(place: Place, label: string | undefined): string {
    const inside: Place = { ...this.labelledPlace(place, label, true), isInLoop: true, isInSwitch: false };
    const name = this.newName("i");
    const within = (names: readonly string[]): Place => ({ ...inside, names: [...inside.names, ...names] });
    switch (this.below(6)) {
      case 0:
        return `for (let ${name} = 0; ${name} < ${1 + this.below(3)}; ${name}++) ${this.body(within([name]))}`;
      case 1:
        return `for (const ${name} of ${this.iterable(place)}) ${this.body(within([name]))}`;
      case 2:
        return `for (${this.target(place)} of ${this.iterable(place)}) ${this.body(inside)}`;
      case 3:
        return `for (${this.chance(0.5) ? `var ${name}` : this.member(place)} in ${this.object(place)}) ${this.body(inside)}`;
      case 4:
        return `for (let [${name}, { x: ${name}x = ${this.value()} } = {}] of [[1, { x: 2 }], [t(3)]]) ${this.body(within([name, `${name}x`]))}`;
      default: {
        const limit = `count.${this.newName("n")}`;
        return this.chance(0.5)
          ? `while ((${limit} = (${limit} ?? 0) + 1) % 4 !== 3) ${this.body(inside)}`
          : `do ${this.body(inside)} while ((${limit} = (${limit} ?? 0) + 1) % 4 !== 3);`;
      }
    }
  }

  protected awaitingLoop(place: Place, label: string | undefined): string {
    const inside: Place = { ...this.labelledPlace(place, label, true), isInLoop: true, isInSwitch: false };
    const name = this.newName("i");
    const source = this.one([
      () => this.iterable(place),
      () => `[later(${this.value()}), ${this.value()}]`,
      () => `counted(${this.below(4)})`,
      () => this.callOf(place, "async generator") ?? `counted(2)`,
    ])();
    const head = this.chance(0.6) ? `const ${name}` : this.target(place);
    return `for await (${head} of ${source}) ${this.body({ ...inside, names: head.startsWith("const") ? [...inside.names, name] : inside.names })}`;
  }

  protected body(place: Place): string {
    return this.chance(0.75) ? this.block(place) : this.statement({ ...place, depth: deepest });
  }

  protected switch(place: Place): string {
    const inside: Place = { ...place, depth: place.depth + 1, isInSwitch: true };
    const cases = this.some(3, () => `case ${this.value()}: ${this.statements(inside, 2)}`, 1);
    if (this.chance(0.6)) cases.splice(this.below(cases.length + 1), 0, `default: ${this.statements(inside, 2)}`);
    return `switch (${this.expression(place)}) { ${cases.join(" ")} }`;
  }

  protected try(place: Place): string {
    const [caught, ended] = this.one([
      [true, false],
      [true, true],
      [false, true],
    ] as const);
    const name = this.newName("e");
    const binding = this.one([` (${name})`, "", ` ({ message: ${name} })`]);
    const inCatch = binding === "" ? place : { ...place, names: [...place.names, name] };
    return `try ${this.block(place)}${caught ? ` catch${binding} ${this.block(inCatch)}` : ""}${ended ? ` finally ${this.block(place)}` : ""}`;
  }

  protected labelled(place: Place): string {
    const name = this.newName("l");
    const inside = { ...place, depth: place.depth + 1 };
    switch (this.below(place.isAsync ? 3 : 2)) {
      case 0:
        return `${name}: ${this.loop(inside, name)}`;
      case 1:
        return `${name}: ${this.block(this.labelledPlace(place, name, false))}`;
      default:
        return `${name}: ${this.awaitingLoop(inside, name)}`;
    }
  }

  protected labelledPlace(place: Place, name: string | undefined, isLoop: boolean): Place {
    return name === undefined ? place : { ...place, labels: [...place.labels, { name, isLoop }] };
  }

  protected jump(place: Place): string {
    const { name, isLoop } = this.one(place.labels);
    return `${isLoop && place.isInLoop && this.chance(0.5) ? "continue" : "break"} ${name};`;
  }
}
