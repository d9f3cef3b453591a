// For tests of captured state: a sink that keeps the writes, and two ways to print a graph as text, from the live value and
// from the writes. Equal texts mean equal values, key orders, holes, aliases and cycles.
import { types } from "node:util";
import { ObjectGraph } from "../../engine/replay/object-graph.js";
import type { CapturedValue, ObjectContents } from "../../shared/trace/value.js";
import type { WriteOperation } from "../../shared/trace/write.js";
import type { RecordSink } from "../record-sink.js";

export interface KeptWrite {
  readonly operation: WriteOperation;
  readonly location: number;
  readonly afterMs: number;
}

/** A tracker that looks whenever it is asked to, for as long as that takes. */
export const unhurried = { lookShare: 1, leastLookShare: 1, lookMs: Infinity } as const;

export class WritesOnly implements RecordSink {
  readonly writes: KeptWrite[] = [];
  readonly graph = ObjectGraph.empty();
  readonly locations: string[] = [""];
  nowMs = 0;
  lostWrites = 0;
  hasPlenty = true;
  /** How far the clock goes on with each write. */
  msPerWrite = 0;

  waitForRoom(): boolean {
    return this.hasPlenty;
  }
  clockMs(): number {
    return (this.nowMs += 1);
  }
  location(file: string, line: number, column: number, functionName: string): number {
    return this.locations.push(`${file}:${line}:${column} ${functionName}`) - 1;
  }
  write(operation: WriteOperation, location: number, afterMs: number): void {
    this.nowMs += this.msPerWrite;
    this.writes.push({ operation, location, afterMs });
    this.graph.apply(operation);
  }
  kinds(): string {
    return this.writes.map(({ operation }) => operation.kind).join(" ");
  }
  forget(): void {
    this.writes.length = 0;
  }
  plainly(work: () => void): void {
    work();
  }
  event(): never {
    throw new Error("state tracking makes no events");
  }
  metric(): never {
    throw new Error("state tracking makes no metrics");
  }
  log(): never {
    throw new Error("state tracking makes no logs");
  }
  startSpan(): never {
    throw new Error("state tracking makes no spans");
  }
  endSpan(): never {
    throw new Error("state tracking makes no spans");
  }
}

/** What the recording says the scope is. */
export function recordedText(graph: ObjectGraph, scope: string): string {
  const numbers = new Map<unknown, number>();
  const value = graph.scopes().get(scope);
  const print = (captured: CapturedValue): string => {
    switch (captured.kind) {
      case "primitive":
        return primitiveText(captured.value);
      case "symbol":
        return `symbol(${captured.description})`;
      case "hole":
        return "hole";
      case "cut":
        return `cut(${captured.start}…${captured.length})`;
      case "unavailable":
        return `<${captured.because} ${captured.what}>`;
      case "object": {
        const contents = graph.contentsOf(captured.id);
        // As a key of a Set it has an id, elsewhere it may have none.
        if (contents?.kind === "opaque" && !contents.className.includes("too large"))
          return `<opaque ${contents.className}>`;
        const seen = numbers.get(captured.id);
        if (seen !== undefined) return `#${seen}`;
        numbers.set(captured.id, numbers.size);
        return contents === undefined ? "MISSING" : printContents(contents, print);
      }
    }
  };
  return value === undefined ? "NO SCOPE" : print(value);
}

function printContents(contents: ObjectContents, print: (value: CapturedValue) => string): string {
  // Private fields are in the recording only: the live text has no way to see them.
  const entriesText = (entries: readonly (readonly [string, CapturedValue])[]): string[] =>
    entries.filter(([key]) => !key.startsWith("#")).map(([key, value]) => `${JSON.stringify(key)}:${print(value)}`);
  const name = contents.className;
  switch (contents.kind) {
    case "object":
    case "error":
      return `${name}{${entriesText(contents.entries).join(",")}}`;
    case "array":
      return `${name}[${[...contents.elements.map(print), ...entriesText(contents.entries)].join(",")}]`;
    case "map":
      return `${name}(${contents.pairs.map(([key, value]) => `${print(key)}=>${print(value)}`).join(",")})`;
    case "set":
      return `${name}(${contents.members.map(print).join(",")})`;
    case "date":
      return `${name}(${contents.timeMs})`;
    case "bytes":
      return `${name}(${[...contents.bytes].join(" ")}/${contents.length})`;
    case "opaque":
      return `${name}<opaque>`;
  }
}

const primitiveText = (value: unknown): string =>
  typeof value === "string"
    ? JSON.stringify(value)
    : typeof value === "bigint"
      ? `${value}n`
      : Object.is(value, -0)
        ? "-0"
        : String(value);

/** What the value is now. Knows plain objects, arrays, Maps, Sets, Dates, byte views and what is opaque, which is what the fuzz makes. */
export function liveText(root: unknown): string {
  const numbers = new Map<unknown, number>();
  const print = (value: unknown): string => {
    if (typeof value === "symbol") return `symbol(${value.description ?? ""})`;
    if (typeof value === "function") return `<opaque ${value.name === "" ? "function" : `function ${value.name}`}>`;
    if (typeof value !== "object" || value === null) return primitiveText(value);
    if (types.isPromise(value)) return "<opaque Promise>";
    if (types.isGeneratorObject(value)) return "<opaque Object>";
    if (types.isBoxedPrimitive(value)) return `<opaque ${value.constructor.name}>`;
    const seen = numbers.get(value);
    if (seen !== undefined) return `#${seen}`;
    numbers.set(value, numbers.size);
    const prototype: unknown = Object.getPrototypeOf(value);
    const name = prototype === null ? "" : value.constructor.name;
    const entries = (object: object, isWanted: (key: string) => boolean): string[] =>
      Object.entries(Object.getOwnPropertyDescriptors(object))
        .filter(([key, { enumerable }]) => enumerable === true && isWanted(key))
        .map(([key, { get, set, value: entry }]) => {
          const isAccessor = get !== undefined || set !== undefined;
          return `${JSON.stringify(key)}:${isAccessor ? `<getter get ${key}()>` : print(entry)}`;
        });
    if (Array.isArray(value)) {
      const elements = Array.from({ length: value.length }, (_, at) => (at in value ? print(value[at]) : "hole"));
      return `${name}[${[...elements, ...entries(value, (key) => !/^\d+$/.test(key))].join(",")}]`;
    }
    if (value instanceof Map) return `${name}(${[...value].map(([k, v]) => `${print(k)}=>${print(v)}`).join(",")})`;
    if (value instanceof Set) return `${name}(${[...value].map(print).join(",")})`;
    if (value instanceof Date) return `${name}(${value.getTime()})`;
    if (value instanceof Uint8Array) return `${name}(${[...value].join(" ")}/${value.length})`;
    return `${name}{${entries(value, () => true).join(",")}}`;
  };
  return print(root);
}
