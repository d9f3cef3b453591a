// What frameworks take for the path of a route, as text: it may be a text, an expression or a list of such.
import { types } from "node:util";
import { dataProperty } from "../own-data.js";

const maxItems = 64;
const sourceOf = Reflect.getOwnPropertyDescriptor(RegExp.prototype, "source")?.get ?? (() => "");

export function pathText(path: unknown): string {
  if (typeof path === "string") return path;
  if (types.isRegExp(path)) return `/${String(Reflect.apply(sourceOf, path, []))}/`;
  return isList(path) ? itemsOf(path).map(pathText).join(",") : "";
}

export const itemsOf = (list: readonly unknown[]): readonly unknown[] =>
  Array.from({ length: Math.min(list.length, maxItems) }, (_, at) => dataProperty(list, String(at)));

export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value) && !types.isProxy(value);
