// What a process calls its names, places, series and scopes, and what they are in the recording. What a record refers to and
// was never defined (its definition was dropped) is 0, "none".
import type { AgentRecord } from "../../shared/protocol/agent-records.js";
import type { DefinitionKind } from "../store/schema.js";
import type { RowHead } from "../store/recording-rows.js";
import type { StoredProcess } from "../store/stored-recording.js";
import { attributesToJson } from "./attributes-json.js";
import type { Dictionaries } from "./dictionaries.js";

export interface ScopeSeen {
  readonly process: number;
  readonly scope: string;
  readonly firstSeen: bigint;
}

const withoutName = "(anonymous)";

interface KnownName {
  readonly id: number;
  readonly text: string;
}

/** What a call has of its function: its name's id in the recording, and attributes as JSON. */
export interface FunctionFacts {
  readonly name: number;
  readonly attributes: string;
}

type Defining = Extract<AgentRecord, { kind: "string" | "location" | "series" }>;

export class OwnDefinitions {
  readonly names = new Map<number, KnownName>();
  readonly series = new Map<number, number>();
  readonly #locations = new Map<number, number>();
  readonly #scopes = new Map<string, number>();
  readonly #functions = new Map<number, FunctionFacts>();

  constructor(
    readonly process: number,
    readonly dictionaries: Dictionaries,
    readonly onScope: (seen: ScopeSeen) => void,
  ) {}

  /** As they were at the last commit of an engine that is gone. */
  restore({ definitions, scopes }: StoredProcess, nameFrom: (id: number) => string): void {
    for (const [own, id] of definitions.name) this.names.set(own, { id, text: nameFrom(id) });
    for (const [own, id] of definitions.location) this.#locations.set(own, id);
    for (const [own, id] of definitions.series) this.series.set(own, id);
    for (const [name, id] of scopes) this.#scopes.set(name, id);
  }

  nameOf(own: number): number {
    return this.names.get(own)?.id ?? 0;
  }

  locationOf(own: number): number {
    return this.#locations.get(own) ?? 0;
  }

  /** Of the function at a place that this process has named. */
  functionOf(own: number): FunctionFacts {
    const known = this.#functions.get(own);
    if (known !== undefined) return known;
    const facts = this.#factsOf(this.#locations.get(own));
    this.#functions.set(own, facts);
    return facts;
  }

  #factsOf(location: number | undefined): FunctionFacts {
    const { dictionaries } = this;
    const place = location === undefined ? undefined : dictionaries.placeOf(location);
    if (place === undefined) return { name: dictionaries.name(withoutName), attributes: "{}" };
    const [name, file] = [dictionaries.textOf(place.functionName), dictionaries.textOf(place.file)];
    return {
      name: dictionaries.name(name === "" ? withoutName : name),
      attributes: attributesToJson({
        "code.function.name": name,
        "code.file.path": file,
        "code.line.number": place.line,
        "code.column.number": place.column,
      }),
    };
  }

  define(record: Defining): void {
    const { dictionaries, process } = this;
    switch (record.kind) {
      case "string": {
        const name = { id: dictionaries.name(record.text), text: record.text };
        this.names.set(record.id, name);
        return this.#write("name", record.id, name.id);
      }
      case "location": {
        const [file, functionName] = [this.nameOf(record.file), this.nameOf(record.functionName)];
        const location = dictionaries.location(file, record.line, record.column, functionName);
        this.#locations.set(record.id, location);
        this.#functions.delete(record.id);
        return this.#write("location", record.id, location);
      }
      case "series": {
        const [name, unit] = [this.nameOf(record.name), this.nameOf(record.unit)];
        const series = dictionaries.newSeries(process, name, unit, attributesToJson(record.attributes));
        this.series.set(record.id, series);
        return this.#write("series", record.id, series);
      }
    }
  }

  /** Of a scope by its name, which is new with its first write. */
  scopeOf(name: string, head: RowHead): number {
    const known = this.#scopes.get(name);
    if (known !== undefined) return known;
    const id = this.dictionaries.newScope(this.process, name, head.seq, head.instant);
    this.#scopes.set(name, id);
    this.onScope({ process: this.process, scope: name, firstSeen: head.instant });
    return id;
  }

  #write(kind: DefinitionKind, id: number, refers: number): void {
    this.dictionaries.writer.definition({ process: this.process, kind, id, refers });
  }
}
