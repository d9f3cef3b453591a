// Where each write site is. A file announces its sites with one string when it starts to run; the string is read only when
// the first write of the file is recorded.
import { firstWhere } from "../../shared/base/first-where.js";

export interface SitePosition {
  readonly line: number;
  readonly column: number;
  readonly functionName: string;
  /** Another file than the loaded one, when a source map says so. */
  readonly file: string | undefined;
}

interface SiteFile {
  readonly file: string;
  readonly first: number;
  readonly table: string;
  positions: SitePosition[] | undefined;
}

export type InternLocation = (file: string, line: number, column: number, functionName: string) => number;

export class SiteRegistry {
  readonly #intern: InternLocation;
  readonly #files: SiteFile[] = [];
  readonly #locations: number[] = [];
  #next = 1;

  constructor(intern: InternLocation) {
    this.#intern = intern;
  }

  add(file: string, table: string): number {
    const first = this.#next;
    this.#files[this.#files.length] = { file, first, table, positions: undefined };
    this.#next += countOf(table);
    return first;
  }

  /** The interned location of a site; 0 when the site is not known. */
  readonly locationOf = (site: number): number => {
    const known = this.#locations[site];
    if (known !== undefined) return known;
    const owner = this.#fileOf(site);
    if (owner === undefined) return 0;
    owner.positions ??= positionsFrom(owner.table);
    const position = owner.positions[site - owner.first];
    if (position === undefined) return 0;
    const { line, column, functionName } = position;
    return (this.#locations[site] = this.#intern(position.file ?? owner.file, line, column, functionName));
  };

  #fileOf(site: number): SiteFile | undefined {
    return this.#files[firstWhere(this.#files.length, (at) => (this.#files[at]?.first ?? 0) > site) - 1];
  }
}

/** `count|names|files|line column function file;…`, names and files as JSON arrays. */
export function tableOf(positions: readonly SitePosition[]): string {
  const names = [...new Set(positions.map(({ functionName }) => functionName))];
  const files = [...new Set(positions.flatMap(({ file }) => (file === undefined ? [] : [file])))];
  const numbers = positions.map(({ line, column, functionName, file }) =>
    [line, column, names.indexOf(functionName), file === undefined ? 0 : files.indexOf(file) + 1].join(" "),
  );
  return `${positions.length}|${numbers.join(";")}|${JSON.stringify([names, files])}`;
}

const countOf = (table: string): number => Number(table.slice(0, table.indexOf("|")));

function positionsFrom(table: string): SitePosition[] {
  const from = table.indexOf("|") + 1;
  const to = table.indexOf("|", from);
  const parsed: unknown = JSON.parse(table.slice(to + 1));
  const lists: readonly unknown[] = Array.isArray(parsed) ? parsed : [];
  const [names, files] = lists;
  const text = (list: unknown, at: number): string => {
    const found: unknown = Array.isArray(list) ? list[at] : undefined;
    return typeof found === "string" ? found : "";
  };
  return table
    .slice(from, to)
    .split(";")
    .map((entry) => {
      const [line = 0, column = 0, name = 0, file = 0] = entry.split(" ").map(Number);
      return { line, column, functionName: text(names, name), file: file === 0 ? undefined : text(files, file - 1) };
    });
}
