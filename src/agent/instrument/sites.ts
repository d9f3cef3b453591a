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

/** A function that is listed; where its calls are not told of, with the reason. */
export interface FunctionSite {
  /** Counted from the file's first site. */
  readonly site: number;
  readonly reason: string | undefined;
}

/** What was inserted in front of a column of a line. */
interface Inserted {
  readonly column: number;
  readonly length: number;
  /** What a place in it means. */
  readonly meant: number;
}

interface SiteFile {
  readonly file: string;
  readonly first: number;
  readonly table: string;
  positions: SitePosition[] | undefined;
  inserted: ReadonlyMap<number, readonly Inserted[]> | undefined;
}

export type InternLocation = (file: string, line: number, column: number, functionName: string) => number;

export class SiteRegistry {
  readonly #intern: InternLocation;
  readonly #files: SiteFile[] = [];
  readonly #byPath = new Map<string, SiteFile>();
  readonly #locations: number[] = [];
  #next = 1;

  constructor(intern: InternLocation) {
    this.#intern = intern;
  }

  add(file: string, table: string): number {
    const first = this.#next;
    const added: SiteFile = { file, first, table, positions: undefined, inserted: undefined };
    this.#files[this.#files.length] = added;
    this.#byPath.set(file, added);
    this.#next += countOf(table);
    return first;
  }

  /** The interned location of a site; 0 when the site is not known. */
  readonly locationOf = (site: number): number => {
    const known = this.#locations[site];
    if (known !== undefined) return known;
    const position = this.positionOf(site);
    if (position === undefined) return 0;
    const { file, line, column, functionName } = position;
    return (this.#locations[site] = this.#intern(file, line, column, functionName));
  };

  /** Undefined when the site is not known. */
  readonly positionOf = (site: number): (SitePosition & { readonly file: string }) | undefined => {
    const owner = this.#fileOf(site);
    if (owner === undefined) return undefined;
    owner.positions ??= positionsFrom(owner.table);
    const position = owner.positions[site - owner.first];
    return position && { ...position, file: position.file ?? owner.file };
  };

  /** What announced the site; "" when it is not known. */
  readonly fileOf = (site: number): string => this.#fileOf(site)?.file ?? "";

  has(file: string): boolean {
    return this.#byPath.has(file);
  }

  /** Whether anything was inserted in the line. Lines and columns are counted from one, as in stacks. */
  hasInserted(file: string, line: number): boolean {
    return this.#insertedIn(file, line) !== undefined;
  }

  /** Where a column of the line that runs is in the line that was written. */
  writtenColumn(file: string, line: number, column: number): number {
    let inserted = 0;
    for (const { column: at, length, meant } of this.#insertedIn(file, line) ?? []) {
      const start = at + inserted;
      if (column - 1 < start) break;
      // In the middle of what was inserted: that is about what it stands in front of, or the statement it begins.
      if (column - 1 < start + length) return meant + 1;
      inserted += length;
    }
    return column - inserted;
  }

  /** Whether it brings a source map for what runs, which whoever reads that reads stacks by. */
  hasMovedMap(file: string): boolean {
    const known = this.#byPath.get(file);
    return known !== undefined && partsOf(known.table)[1].startsWith(movedMap);
  }

  #insertedIn(file: string, line: number): readonly Inserted[] | undefined {
    const known = this.#byPath.get(file);
    if (known === undefined) return undefined;
    known.inserted ??= insertedFrom(known.table);
    return known.inserted.get(line);
  }

  #fileOf(site: number): SiteFile | undefined {
    return this.#files[firstWhere(this.#files.length, (at) => (this.#files[at]?.first ?? 0) > site) - 1];
  }
}

/**
 * `count|line column function file;…|line column length [column of the statement];…|[names, files, functions]`, the last as JSON. `inserted` are the insertions, by the
 * places of the source that they stand in front of. `functions` are sites, of those without calls with the reason: `3` or `[3, reason]`.
 */
export function tableOf(
  positions: readonly SitePosition[],
  inserted = "",
  functions: readonly FunctionSite[] = [],
): string {
  // A file of megabytes has tens of thousands of names: none is looked for in a list.
  const names = new Map<string, number>();
  const files = new Map<string, number>();
  const numbers = positions.map(
    ({ line, column, functionName, file }) =>
      `${line} ${column} ${numberOf(functionName, names)} ${file === undefined ? 0 : numberOf(file, files) + 1}`,
  );
  return `${positions.length}|${numbers.join(";")}|${inserted}|${JSON.stringify([[...names.keys()], [...files.keys()], functions.map(({ site, reason }) => (reason === undefined ? site : [site, reason]))])}`;
}

function numberOf(text: string, known: Map<string, number>): number {
  const found = known.get(text);
  if (found !== undefined) return found;
  known.set(text, known.size);
  return known.size - 1;
}

const countOf = (table: string): number => Number(table.slice(0, table.indexOf("|")));

/** In front of the insertions of a file whose source map was moved along. */
export const movedMap = "m";

/** Its parts; the last of them may hold what separates the others. */
function partsOf(table: string): readonly [sites: string, inserted: string, lists: string] {
  const [first, second] = [table.indexOf("|") + 1, table.indexOf("|", table.indexOf("|") + 1) + 1];
  const third = table.indexOf("|", second) + 1;
  return [table.slice(first, second - 1), table.slice(second, third - 1), table.slice(third)];
}

function positionsFrom(table: string): SitePosition[] {
  const [sites, , names] = partsOf(table);
  const parsed: unknown = JSON.parse(names);
  const lists: readonly unknown[] = Array.isArray(parsed) ? parsed : [];
  const [functionNames, files] = lists;
  const text = (list: unknown, at: number): string => {
    const found: unknown = Array.isArray(list) ? list[at] : undefined;
    return typeof found === "string" ? found : "";
  };
  return sites.split(";").map((entry) => {
    const [line = 0, column = 0, name = 0, file = 0] = entry.split(" ").map(Number);
    return {
      line,
      column,
      functionName: text(functionNames, name),
      file: file === 0 ? undefined : text(files, file - 1),
    };
  });
}

export interface ListedFunction extends Omit<SitePosition, "file"> {
  readonly file: string;
  /** Why its calls are not told of. */
  readonly reason: string | undefined;
}

/** Where the functions of a file are that its table lists, and which files its sites were written in. */
export function listedIn(
  file: string,
  table: string,
): { readonly functions: readonly ListedFunction[]; readonly files: readonly string[] } {
  const positions = positionsFrom(table);
  const parsed: unknown = JSON.parse(partsOf(table)[2]);
  const listed: unknown = Array.isArray(parsed) ? parsed[2] : undefined;
  const entries: readonly unknown[] = Array.isArray(listed) ? listed : [];
  const functions = entries.flatMap((entry): ListedFunction[] => {
    const parts: readonly unknown[] = Array.isArray(entry) ? entry : [entry];
    const [site, reason] = parts;
    const position = typeof site === "number" ? positions[site] : undefined;
    if (position === undefined) return [];
    return [{ ...position, file: position.file ?? file, reason: typeof reason === "string" ? reason : undefined }];
  });
  return { functions, files: [...new Set(positions.map((position) => position.file ?? file))] };
}

function insertedFrom(table: string): ReadonlyMap<number, readonly Inserted[]> {
  const byLine = new Map<number, Inserted[]>();
  for (const entry of partsOf(table)[1].split(";")) {
    if (entry === "" || entry === movedMap) continue;
    const [line = 0, column = 0, length = 0, meant = column] = entry.split(" ").map(Number);
    const inLine = byLine.get(line + 1);
    if (inLine === undefined) byLine.set(line + 1, [{ column, length, meant }]);
    else inLine.push({ column, length, meant });
  }
  return byLine;
}
