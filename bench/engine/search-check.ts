// Whether answers of a search are what looking at rows says, of each question. An answer that fills its page has to be all there
// is since its last row; those that find less are worked out by looking at every row, for all of them at once.
import type { DuckDBConnection } from "@duckdb/node-api";
import { readingFile } from "./recorded-file.js";

export const pageRows = 100;

export interface Question {
  readonly about: string;
  readonly text: string;
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
}

export interface Answered {
  readonly question: Question;
  /** "process/seq", the newest first. */
  readonly found: readonly string[];
  /** Of the last one, since the recording began. */
  readonly lastTimeNs: number;
}

export interface Checked {
  readonly checked: number;
  readonly wrong: number;
  /** What it takes to look at every row, of one question of each kind. */
  readonly plainMs: Float64Array;
  readonly indexBytes: number;
}

export const checkAnswers = (path: string, answers: readonly Answered[]): Promise<Checked> =>
  readingFile(path, async (connection) => {
    const [start, indexBytes] = await aboutFile(connection);
    const wrong = new Set<Answered>();
    const isFull = ({ found }: Answered): boolean => found.length >= pageRows;
    const isOfRange = ({ question }: Answered): boolean => question.from !== undefined;
    for (const answer of answers.filter((one) => isFull(one) || isOfRange(one))) {
      const { question, found, lastTimeNs } = answer;
      const from = isFull(answer) ? start + BigInt(lastTimeNs) : question.from;
      if (!isSame(await plainScan(connection, { ...question, from }), found)) wrong.add(answer);
    }
    const others = answers.filter((one) => !isFull(one) && !isOfRange(one));
    const plain = await plainScans(connection, [...new Set(others.map(({ question }) => question.text))]);
    for (const answer of others) if (!isSame(plain.get(answer.question.text) ?? [], answer.found)) wrong.add(answer);
    const plainMs: number[] = [];
    for (const about of new Set(answers.map(({ question }) => question.about))) {
      const answer = answers.find(({ question }) => question.about === about);
      if (answer === undefined) continue;
      const beganMs = performance.now();
      if (!isSame(await plainScan(connection, answer.question), answer.found)) wrong.add(answer);
      plainMs.push(performance.now() - beganMs);
    }
    return { checked: answers.length, wrong: wrong.size, plainMs: Float64Array.from(plainMs), indexBytes };
  });

const isSame = (plain: readonly string[], found: readonly string[]): boolean => plain.join() === found.join();

async function aboutFile(connection: DuckDBConnection): Promise<readonly [start: bigint, indexBytes: number]> {
  const rows = await connection.runAndReadAll(
    `SELECT start::VARCHAR, (SELECT sum(octet_length(bits)) FROM search_filter) + (SELECT sum(octet_length(trigrams)) FROM search_block)
       + (SELECT sum(octet_length(rows) + strlen(text)) FROM search_text) FROM recording`,
  );
  const [start, bytes] = rows.getRows()[0] ?? [];
  return [BigInt(String(start)), Number(bytes)];
}

/** Every row of every kind; texts of this benchmark have no escapes. */
const everyRow = `
  SELECT process, seq, instant, coalesce(n.text, '') || chr(10) || attributes AS shown FROM event LEFT JOIN name AS n ON n.id = event.name
  UNION ALL SELECT process, seq, instant, coalesce(n.text, '') || chr(10) || attributes FROM span LEFT JOIN name AS n ON n.id = span.name
  UNION ALL SELECT process, seq, instant, coalesce(n.text, '') || chr(10) || body || chr(10) || attributes FROM log LEFT JOIN name AS n ON n.id = log.source
  UNION ALL SELECT process, seq, instant, coalesce(key, '') || chr(10) || coalesce(value, '') FROM write
  UNION ALL SELECT process, seq, instant, contents FROM keyframe`;
const newestFirst = `ORDER BY instant DESC, process DESC, seq DESC`;

const needlesOf = (text: string): readonly string[] => (text.startsWith('"') ? [text.slice(1, -1)] : text.split(" "));

const hasAll = (needles: readonly string[]): string =>
  needles.map((needle) => `contains(lower(shown), lower('${needle}'))`).join(" AND ");

async function plainScan(connection: DuckDBConnection, { text, from, to }: Question): Promise<readonly string[]> {
  const conditions = [hasAll(needlesOf(text))];
  if (from !== undefined) conditions.push(`instant >= ${from}`);
  if (to !== undefined) conditions.push(`instant <= ${to}`);
  const rows = await connection.runAndReadAll(
    `SELECT process, seq FROM (${everyRow}) WHERE ${conditions.join(" AND ")} ${newestFirst} LIMIT ${pageRows}`,
  );
  return rows.getRows().map(([process, seq]) => `${String(process)}/${String(seq)}`);
}

/** One pass for many texts, by text. */
async function plainScans(
  connection: DuckDBConnection,
  texts: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (texts.length === 0) return new Map();
  const all = texts.map((text) => needlesOf(text));
  const single = all.flatMap((needles) => (needles.length === 1 ? needles : []));
  const conditions = all.filter(({ length }) => length > 1).map((needles) => `(${hasAll(needles)})`);
  // Words and blanks: nothing in them means anything to a pattern.
  if (single.length > 0) conditions.push(`regexp_matches(lower(shown), '${single.join("|").toLowerCase()}')`);
  const rows = await connection.runAndReadAll(
    `SELECT process, seq, lower(shown) AS shown FROM (${everyRow}) WHERE ${conditions.join(" OR ")} ${newestFirst}`,
  );
  const found = new Map<string, string[]>(texts.map((text) => [text, []]));
  for (const [process, seq, shown] of rows.getRows())
    for (const [text, own] of found)
      if (own.length < pageRows && needlesOf(text).every((needle) => String(shown).includes(needle.toLowerCase())))
        own.push(`${String(process)}/${String(seq)}`);
  return found;
}
