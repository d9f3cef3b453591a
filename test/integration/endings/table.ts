// The table of endings in docs/protocol.md: made of outcomes, and read back to be compared with them.
import type { CaptureLevel } from "../../../src/shared/trace/attributes.js";
import type { Outcome } from "./outcome.js";

export interface Observation {
  readonly title: string;
  /** The line of Node: 20 for 20.20.2. */
  readonly node: string;
  readonly level: CaptureLevel;
  readonly outcome: Outcome;
}

const head = [
  "Ending",
  "Node",
  "Level",
  "The program ends with",
  "Arrives",
  "The recording says",
  "Recorded as an error",
];
const all = "all";
const [begin, end] = ["<!-- endings -->", "<!-- end of endings -->"];

/** A row for each ending, or several where it differs between versions or levels. */
export function tableOf(observations: readonly Observation[]): string {
  const nodes = distinct(observations.map(({ node }) => node));
  const levels = distinct(observations.map(({ level }) => level));
  const rows = distinct(observations.map(({ title }) => title)).flatMap((title) => {
    const groups = groupBy(
      observations.filter((observation) => observation.title === title),
      ({ outcome }) => JSON.stringify(cellsOf(outcome)),
    );
    return [...groups.values()].flatMap((same) =>
      rectangles(same).map(({ of, at, cells }) => [title, named(of, nodes), named(at, levels), ...cells]),
    );
  });
  const table = [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map(escaped).join(" | ")} |`)
    .join("\n");
  return `Observed on Node ${nodes.join(", ")} at the levels ${levels.join(", ")}; \`all\` stands for these.\n\n${table}`;
}

/** What the table says of each row; the line that a row has in it for everything else, too. */
export function rowFor(
  table: string,
  { title, node, level }: Omit<Observation, "outcome">,
): readonly string[] | undefined {
  const found = rowsIn(table).find(
    ([ending, nodes = "", levels = ""]) => ending === title && covers(nodes, node) && covers(levels, level),
  );
  return found?.slice(3);
}

/** What should be in the table: every ending with every Node at every level, once. */
export interface Combinations {
  readonly titles: readonly string[];
  readonly nodes: readonly string[];
  readonly levels: readonly string[];
}

/** Rows that nothing stands for, rows that are there twice, and rows that are not there: in words, none when it is complete. */
export function flawsIn(table: string, { titles, nodes, levels }: Combinations): string[] {
  const [, allNodes = "", allLevels = ""] = observedOn.exec(table) ?? [];
  const [first, dashes, ...rows] = rowsIn(table);
  const flaws = rows.filter((row) => row.length !== head.length).map((row) => `of another width: ${row.join(" | ")}`);
  if (first?.join() !== head.join() || dashes?.every((cell) => /^-+$/.test(cell)) !== true) flaws.push("no head");
  const times = new Map(
    titles.flatMap((title) => nodes.flatMap((node) => levels.map((level) => [keyOf(title, node, level), 0]))),
  );
  for (const [title = "", ofNodes = "", atLevels = ""] of rows)
    for (const node of namesIn(ofNodes, allNodes))
      for (const level of namesIn(atLevels, allLevels)) {
        const key = keyOf(title, node, level);
        const before = times.get(key);
        if (before === undefined) flaws.push(`not in the catalogue: ${key}`);
        else times.set(key, before + 1);
      }
  for (const [key, count] of times) if (count !== 1) flaws.push(`${count === 0 ? "missing" : `${count} rows`}: ${key}`);
  return flaws;
}

const observedOn = /^Observed on Node (.+) at the levels (.+); `all` stands for these\.$/m;
const keyOf = (title: string, node: string, level: string): string => `Node ${node}, ${level}: ${title}`;
const namesIn = (cell: string, possible: string): string[] => (cell === all ? possible : cell).split(", ");

function rowsIn(table: string): string[][] {
  const lines = table.split("\n").filter((line) => line.startsWith("|"));
  return lines.map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("\\|", "|")),
  );
}

export const cellsOf = ({ ends, arrives, says, errors }: Outcome): string[] => [ends, arrives, says, errors];

export function tableIn(page: string): string {
  return page.slice(page.indexOf(begin) + begin.length, page.indexOf(end));
}

export function pageWith(page: string, table: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`no place for the table between ${begin} and ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${table}\n\n${page.slice(to)}`;
}

/** Versions that have the same levels share a row. */
function rectangles(same: readonly Observation[]) {
  const byLevels = groupBy(
    groupBy(same, ({ node }) => node),
    ([, ofNode]) => ofNode.map(({ level }) => level).join(),
  );
  return [...byLevels.values()].flatMap((group) => {
    const [first] = group;
    const [observation] = first?.[1] ?? [];
    if (first === undefined || observation === undefined) return [];
    const cells = cellsOf(observation.outcome);
    return [{ of: group.map(([node]) => node), at: first[1].map(({ level }) => level), cells }];
  });
}

const named = (some: readonly string[], possible: readonly string[]): string =>
  possible.every((name) => some.includes(name)) ? all : some.join(", ");
const covers = (cell: string, name: string): boolean => cell === all || cell.split(", ").includes(name);
const escaped = (text: string): string => text.replaceAll("|", "\\|");
const distinct = <Value>(values: readonly Value[]): Value[] => [...new Set(values)];

function groupBy<Value>(values: Iterable<Value>, keyOf: (value: Value) => string): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}
