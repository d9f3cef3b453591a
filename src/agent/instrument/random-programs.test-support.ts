// Random programs, the same for the same seed: every construct that is looked at or changed when a source is rewritten, in any
// other. What a program did is in its trace: `t(value)` in the order of evaluation, `$(name)` as each function is entered.
// They end: `$` throws when it was called too often, before anything else in a function, and no loop goes round more than a few times.
import { type Callable, type Place, deepest, outermost } from "./random-choices.test-support.js";
import { RandomStatements } from "./random-statements.test-support.js";

type ProgramFormat = "commonjs" | "module";

export interface RandomProgram {
  readonly source: string;
  readonly format: ProgramFormat;
}

export function randomProgram(seed: number): RandomProgram {
  return new Maker(seed).program();
}

class Maker extends RandomStatements {
  program(): RandomProgram {
    const format = this.chance(0.3) ? "module" : "commonjs";
    const isDirected = format === "commonjs" && this.chance(0.3);
    const isStrict = format === "module" || isDirected;
    const place: Place = { ...outermost, isStrict, isAsync: format === "module", hasArguments: format === "commonjs" };
    const lines = isDirected ? ['"use strict";'] : [];
    let inner = this.withVariables(place, lines);
    for (let left = 3 + this.below(4); left > 0; left--) {
      const [text, next] = this.declaration(inner);
      lines.push(
        format === "module" && this.chance(0.2) && /^(?:async )?(?:function|class)/.test(text)
          ? `export ${text}`
          : text,
      );
      inner = next;
    }
    for (let left = 2 + this.below(4); left > 0; left--) lines.push(this.guarded(this.statement(inner)));
    for (const callable of this.callables.slice()) lines.push(this.driven(callable, inner));
    return { source: lines.join("\n"), format };
  }

  protected withVariables(place: Place, lines: string[]): Place {
    const variables = [this.newName("v"), this.newName("v"), this.newName("v")];
    lines.push(`let ${variables.map((name) => `${name} = ${this.value()}`).join(", ")};`);
    return { ...place, names: [...place.names, ...variables], variables: [...place.variables, ...variables] };
  }

  protected guarded(statement: string): string {
    return `try { ${statement} } catch (error) { caught(error); }${this.chance(0.3) ? " finally { t('f'); }" : ""}`;
  }

  protected driven({ name, kind }: Callable, place: Place): string {
    const given = this.given({ ...place, depth: deepest });
    const promised = (text: string): string => `settle("${name}", () => ${text});`;
    switch (kind) {
      case "function":
        return this.guarded(`t(${name}(${given}));`);
      case "class":
        return this.guarded(`exercise(new ${name}(${given}));`);
      case "generator":
        return this.guarded(`drive(${name}(${given}), ${this.below(4)});`);
      case "async":
        return promised(`${name}(${given})`);
      case "async generator":
        return promised(`driveAsync(${name}(${given}), ${this.below(4)})`);
    }
  }
}
