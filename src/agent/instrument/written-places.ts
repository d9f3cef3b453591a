// Places in stacks, as they are in the source that was written: V8 tells of the one that runs.
import { helpersName } from "../write-helpers.js";
import type { WrittenPlaces } from "../stack-text.js";
import { pathOfFile } from "./selection.js";
import type { SiteRegistry } from "./sites.js";

const ourNames = /\$\$hindcast\.\w\./g;

export function writtenPlaces(sites: SiteRegistry): WrittenPlaces {
  const withoutOurNames = (text: string): string => (text.includes(helpersName) ? text.replace(ourNames, "") : text);
  const writtenPlace = (place: string, file: string, line: string, column: string): string => {
    const written = sites.writtenColumn(pathOfFile(file), Number(line), Number(column));
    return written === Number(column) ? place : place.slice(0, place.length - column.length) + String(written);
  };
  return {
    text(seen, file) {
      const text = withoutOurNames(seen);
      if (typeof file === "string" && sites.has(pathOfFile(file))) {
        const place = /:(\d+):(\d+)(?=\)?$)/.exec(text);
        if (place === null) return text;
        const [found, line = "", column = ""] = place;
        const end = place.index + found.length;
        return text.slice(0, place.index) + writtenPlace(found, file, line, column) + text.slice(end);
      }
      // What is evaluated tells of where that was.
      if (!text.includes("eval at ")) return text;
      return text.replace(/\(([^()]+):(\d+):(\d+)(?=\))/g, writtenPlace);
    },
    column(file, line, column) {
      if (typeof file !== "string" || typeof line !== "number" || typeof column !== "number") return column;
      const path = pathOfFile(file);
      return sites.has(path) && !sites.hasMovedMap(path) ? sites.writtenColumn(path, line, column) : column;
    },
    // V8 names a function by all that stands in the expression that it is written in.
    name: (name) => (typeof name === "string" ? withoutOurNames(name) : name),
  };
}
