// What makes two captured values the same, and how a Map's key reads as a step of a path.
import type { PathStep } from "./path.js";
import { type CapturedValue, objectId } from "./value.js";

/** Equal exactly when a JavaScript Map would find one under the other. Symbols are told apart by description only. */
export function slotKeyOf(value: CapturedValue): string {
  switch (value.kind) {
    case "primitive":
      return typeof value.value === "string" ? `"${value.value}` : `${typeof value.value} ${String(value.value)}`;
    case "object":
      return `id ${value.id}`;
    case "symbol":
      return `symbol ${value.description}`;
    case "cut":
      return `cut ${value.length} ${value.start}`;
    case "unavailable":
      return `unavailable ${value.because} ${value.what}`;
    default:
      return value.kind;
  }
}

/** What a slot's key is, where its slot tells all of it: not of NaN, of which there are several. */
export function keyFromSlot(slot: string): CapturedValue | undefined {
  if (slot.startsWith('"')) return { kind: "primitive", value: slot.slice(1) };
  const [, kind, digits = ""] = /^(number|bigint|id) (\S+)$/.exec(slot) ?? [];
  const key = kind === undefined || digits === "NaN" ? undefined : keyFromDigits(kind, digits);
  return key !== undefined && slotKeyOf(key) === slot ? key : undefined;
}

function keyFromDigits(kind: string, digits: string): CapturedValue | undefined {
  if (kind === "number") return { kind: "primitive", value: Number(digits) };
  if (kind === "bigint") return /^-?\d+$/.test(digits) ? { kind: "primitive", value: BigInt(digits) } : undefined;
  return /^\d+$/.test(digits) ? { kind: "object", id: objectId(Number(digits)) } : undefined;
}

/** Objects as keys have no printed form that is theirs alone, so their entries are named by position. */
export function stepOfMapEntry(key: CapturedValue, position: number): PathStep {
  if (key.kind === "symbol") return { kind: "symbol", description: key.description };
  if (key.kind !== "primitive") return { kind: "entry", position };
  if (typeof key.value === "string") return { kind: "property", key: key.value };
  if (typeof key.value === "number") return { kind: "number", value: key.value + 0 };
  return { kind: "primitive", value: key.value };
}

/** The same primitive (NaN with NaN, 0 apart from -0) or the same object. */
export function isSameValue(a: CapturedValue | undefined, b: CapturedValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.kind === "primitive" && b.kind === "primitive") return Object.is(a.value, b.value);
  return a.kind === b.kind && slotKeyOf(a) === slotKeyOf(b);
}

/** A Map or Set keeps -0 as 0. */
export const keyAsKept = (key: CapturedValue): CapturedValue =>
  key.kind === "primitive" && Object.is(key.value, -0) ? { kind: "primitive", value: 0 } : key;
