// Histories as text, for tests. One operation per ";"-part, all of process 1, Seq 1, 2, 3 …, ten nanoseconds apart:
//   scope s=@1 | @1={a: 1, b: @2} | @1=Account{…} | @2=[1, hole] | @3=Map(k=>1, @4=>2) | @4=Set(1, 2) | @5=Date(0)
//   @1.key=VALUE | delete @1.key | @2 splice 0 1 VALUE, VALUE | @3 put VALUE=>VALUE | @3 drop VALUE | @3 clear
//   @4 add VALUE | @4 remove VALUE          VALUE: JSON, 10n, undefined, hole, @id, getter
// "~" before an operation: found by comparing, some time after the write before it.
import { instant, processId, seq } from "../../shared/trace/time.js";
import { type CapturedValue, type Entry, type ObjectContents, objectId } from "../../shared/trace/value.js";
import type { RecordedWrite, WriteOperation } from "../../shared/trace/write.js";

export function historyFrom(text: string): RecordedWrite[] {
  return partsOf(text, ";").map((part, index) => {
    const isFound = part.startsWith("~");
    const write = writeOf(operationFrom(isFound ? part.slice(1) : part), index + 1);
    return isFound ? { ...write, certainty: { kind: "between", after: instant(BigInt(index * 10)) } } : write;
  });
}

export function writeOf(operation: WriteOperation, at: number): RecordedWrite {
  return {
    process: processId(1),
    seq: seq(at),
    instant: instant(BigInt(at * 10)),
    certainty: { kind: "exact" },
    operation,
    location: { file: "app.js", line: at, column: 1, functionName: undefined },
    span: undefined,
  };
}

function operationFrom(part: string): WriteOperation {
  const scope = /^scope (\S+?)=(.+)$/.exec(part);
  if (scope !== null) return { kind: "scope", scope: scope[1] ?? "", value: valueFrom(scope[2] ?? "") };
  const deleted = /^delete @(\d+)\.(.+)$/.exec(part);
  if (deleted !== null) return { kind: "delete", target: idFrom(deleted[1]), key: deleted[2] ?? "" };
  const contents = /^@(\d+)=(.+)$/s.exec(part);
  if (contents !== null)
    return { kind: "contents", target: idFrom(contents[1]), contents: contentsFrom(contents[2] ?? "") };
  const set = /^@(\d+)\.([^=]+)=(.+)$/.exec(part);
  if (set !== null) return { kind: "set", target: idFrom(set[1]), key: set[2] ?? "", value: valueFrom(set[3] ?? "") };
  const verb = /^@(\d+) (\w+) ?(.*)$/.exec(part);
  if (verb === null) throw new Error(`not an operation: ${part}`);
  return operationFromVerb(verb[2] ?? "", idFrom(verb[1]), verb[3] ?? "");
}

function operationFromVerb(verb: string, target: ReturnType<typeof objectId>, rest: string): WriteOperation {
  switch (verb) {
    case "splice": {
      const [, start, deleteCount, elements] = /^(\d+) (\d+) ?(.*)$/.exec(rest) ?? [];
      return {
        kind: "splice",
        target,
        start: Number(start),
        deleteCount: Number(deleteCount),
        elements: partsOf(elements ?? "", ",").map(valueFrom),
      };
    }
    case "put": {
      const [key, value] = pairFrom(rest);
      return { kind: "map-set", target, key, value };
    }
    case "drop":
      return { kind: "map-delete", target, key: valueFrom(rest) };
    case "add":
      return { kind: "set-add", target, member: valueFrom(rest) };
    case "remove":
      return { kind: "set-delete", target, member: valueFrom(rest) };
    case "clear":
      return { kind: "clear", target };
    default:
      throw new Error(`not a verb: ${verb}`);
  }
}

function contentsFrom(text: string): ObjectContents {
  const parsed = /^([A-Z]\w*)?([{[(])(.*)[}\])]$/s.exec(text);
  const [name, open, inside] = [parsed?.[1], parsed?.[2], parsed?.[3] ?? ""];
  const parts = partsOf(inside, ",");
  if (open === "{") return { kind: "object", className: name ?? "Object", entries: parts.map(entryFrom) };
  if (open === "[") return { kind: "array", className: name ?? "Array", elements: parts.map(valueFrom), entries: [] };
  if (name === "Map") return { kind: "map", className: name, pairs: parts.map(pairFrom) };
  if (name === "Set") return { kind: "set", className: name, members: parts.map(valueFrom) };
  if (name === "Date") return { kind: "date", className: name, timeMs: Number(inside) };
  throw new Error(`not contents: ${text}`);
}

function entryFrom(text: string): Entry {
  const colon = text.indexOf(":");
  return [text.slice(0, colon).trim(), valueFrom(text.slice(colon + 1).trim())];
}

function pairFrom(text: string): [CapturedValue, CapturedValue] {
  const [key, value] = text.split("=>");
  return [valueFrom((key ?? "").trim()), valueFrom((value ?? "").trim())];
}

function valueFrom(text: string): CapturedValue {
  if (text.startsWith("@")) return { kind: "object", id: idFrom(text.slice(1)) };
  if (text === "hole") return { kind: "hole" };
  if (text === "getter") return { kind: "unavailable", because: "getter", what: "get x()" };
  if (text === "undefined") return { kind: "primitive", value: undefined };
  if (/^\d+n$/.test(text)) return { kind: "primitive", value: BigInt(text.slice(0, -1)) };
  const value: unknown = JSON.parse(text);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value === null)
    return { kind: "primitive", value };
  throw new Error(`not a value: ${text}`);
}

const idFrom = (digits: string | undefined) => objectId(Number(digits));

const partsOf = (text: string, separator: string): string[] =>
  text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== "");
