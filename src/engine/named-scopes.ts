// What scopes stand for by name, from what segments say by id. Most segments begin with the same: it is kept for the next.
import type { CapturedValue } from "../shared/trace/value.js";

type ById = ReadonlyMap<number, CapturedValue>;
type ByName = ReadonlyMap<string, CapturedValue>;
type Names = ReadonlyMap<number, string>;

export class NamedScopes {
  #last: { readonly byId: ById; readonly names: Names; readonly byName: ByName } | undefined;

  of(byId: ById, names: Names): ByName {
    if (this.#last?.byId !== byId || this.#last.names !== names) {
      const byName = new Map([...byId].map(([id, value]) => [names.get(id) ?? "", value]));
      this.#last = { byId, names, byName };
    }
    return this.#last.byName;
  }
}
