// Which branches are open in which scope. The first scope of a process is open until somebody closes it: it shows what
// there is to see.
import { toggledPath } from "./expanded-paths.js";

export interface ScopeName {
  readonly process: number;
  readonly scope: string;
}

const nothing: readonly string[] = [];
const onlyRoot: readonly string[] = [""];

export class OpenBranches {
  readonly #byProcess: ReadonlyMap<number, ReadonlyMap<string, readonly string[]>>;

  constructor(byProcess: ReadonlyMap<number, ReadonlyMap<string, readonly string[]>> = new Map()) {
    this.#byProcess = byProcess;
  }

  of({ process, scope }: ScopeName, firstScope: string | undefined): readonly string[] {
    return this.#byProcess.get(process)?.get(scope) ?? (scope === firstScope ? onlyRoot : nothing);
  }

  /** Of a process, as `state.scopes` takes them: scopes without open branches are not named. */
  in(process: number, firstScope: string | undefined): { readonly scope: string; readonly paths: string[] }[] {
    const names = new Set(this.#byProcess.get(process)?.keys());
    if (firstScope !== undefined) names.add(firstScope);
    return [...names]
      .map((scope) => ({ scope, paths: [...this.of({ process, scope }, firstScope)] }))
      .filter(({ paths }) => paths.length > 0);
  }

  toggled(name: ScopeName, firstScope: string | undefined, path: string): OpenBranches {
    return this.with(name, toggledPath(this.of(name, firstScope), path));
  }

  with({ process, scope }: ScopeName, paths: readonly string[]): OpenBranches {
    const ofProcess = new Map(this.#byProcess.get(process)).set(scope, paths);
    return new OpenBranches(new Map(this.#byProcess).set(process, ofProcess));
  }

  /** Of the first scope, `kept` stay open. */
  closed(process: number, firstScope: string | undefined, kept: readonly string[]): OpenBranches {
    const ofProcess = new Map(firstScope === undefined ? [] : [[firstScope, kept]]);
    return new OpenBranches(new Map(this.#byProcess).set(process, ofProcess));
  }
}
