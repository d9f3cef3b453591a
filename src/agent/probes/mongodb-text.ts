// A MongoDB command as text: its names and operators, and "?" for what else there is, which are the program's values.
import { types } from "node:util";
import { classNameOf, dataProperty } from "../own-data.js";

const mostDepth = 6;
const mostKeys = 24;
const mostItems = 8;
const mostParts = 200;
const maxUnits = 128;

/** What the driver adds to every command. */
const additions: ReadonlySet<string> = new Set(
  "lsid $clusterTime $db $readPreference apiVersion apiStrict apiDeprecationErrors txnNumber".split(" "),
);

export function mongodbText(command: object): string {
  let parts = 0;
  const shown = (value: unknown, depth: number): string => {
    if (parts++ > mostParts || depth > mostDepth || typeof value !== "object" || value === null || types.isProxy(value))
      return '"?"';
    if (Array.isArray(value)) {
      const items = Array.from({ length: Math.min(value.length, mostItems) }, (_, at) =>
        shown(dataProperty(value, String(at)), depth + 1),
      );
      // Many of one kind say no more than one of it.
      const isAlike = items.every((item) => item === items[0]);
      const more = isAlike ? value.length > 1 : value.length > items.length;
      return `[${[...(isAlike ? items.slice(0, 1) : items), ...(more ? ["…"] : [])].join(",")}]`;
    }
    const sequence = dataProperty(value, "documents");
    // Documents that travel apart from the command.
    if (classNameOf(value) === "DocumentSequence" && Array.isArray(sequence)) return shown(sequence, depth);
    return isPlain(value) ? fields(value, depth) : '"?"';
  };
  const fields = (value: object, depth: number): string => {
    const keys = Object.keys(value).filter((key) => depth > 0 || !additions.has(key));
    const texts = keys.slice(0, mostKeys).map((key, at) => {
      const field = dataProperty(value, key);
      const isName = depth === 0 && typeof field === "string" && (at === 0 || key === "collection");
      return `${quoted(key)}:${isName ? quoted(field) : shown(field, depth + 1)}`;
    });
    return `{${[...texts, ...(keys.length > mostKeys ? ["…"] : [])].join(",")}}`;
  };
  return fields(command, 0);
}

const quoted = (text: string): string => JSON.stringify(text.length > maxUnits ? `${text.slice(0, maxUnits)}…` : text);

/** Dates, ids and numbers of BSON are values. */
function isPlain(value: object): boolean {
  const prototype = Reflect.getPrototypeOf(value);
  return prototype === null || Reflect.getPrototypeOf(prototype) === null;
}
