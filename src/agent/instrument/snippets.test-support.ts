// What tests that run snippets as written and rewritten have in common.
import vm from "node:vm";
import type { WriteTold } from "../write-helpers.js";
import { transform } from "./transform.js";
import type { Told } from "./write-sites.js";

const nothing = (): undefined => undefined;

/** Where nobody listens to what is told of writes. */
export const silentWrites: WriteTold = {
  file: () => 0,
  before: nothing,
  beforeBehind: nothing,
  property: nothing,
  object: nothing,
  objectBehind: nothing,
  method: nothing,
  privateField: nothing,
};

/** Whether it is a script. */
export function parses(source: string): boolean {
  try {
    return new vm.Script(source) instanceof vm.Script;
  } catch {
    return false;
  }
}

/** The source itself where there is nothing to tell of. */
export function transformedSnippet(source: string, told?: Told): string {
  const options = { format: "commonjs", file: "/snippet.js", standsAlone: false } as const;
  const result = transform(source, told === undefined ? options : { ...options, told });
  if (result.kind === "unreadable") throw new Error(`${result.reason}: ${source}`);
  return result.kind === "changed" ? result.code : source;
}
