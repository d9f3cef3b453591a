// What the first page of a search costs among ten million records: events, log lines, spans and writes of a made-up shop with
// words as rare and as common as words are, sent by an agent. Each question is asked until its page is full or everything has
// been looked through. Afterwards every answer is worked out anew by looking at rows (search-check.ts). On two idle cores all of it
// takes some three minutes, most of which is recording.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SearchColumns } from "../../src/shared/protocol/engine-rows.js";
import { type Figure, measuredOn, quantile } from "../figures.js";
import { type BenchEngine, withEngineIn, withOpened } from "./engine-child.js";
import { type Answered, type Checked, type Question, checkAnswers, pageRows } from "./search-check.js";
import { type Shop, makeShop, startNs } from "./search-shop.js";
import { WireAgent } from "./wire-agent.js";

export interface SearchSize {
  readonly rows: number;
  readonly questionsOfEach: number;
  readonly seed: number;
}

const ten: SearchSize = { rows: 10_000_000, questionsOfEach: 20, seed: 1 };

interface Asked extends Answered {
  readonly firstAnswerMs: number;
  readonly tookMs: number;
  /** Of the engine's processor, to the next ten. */
  readonly cpuMs: number;
}

/** The figures are of calls over the channel that hosts use, with what they read in the page cache. */
export async function searchFigures(size: SearchSize = ten): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-bench-"));
  const path = join(folder, "search.hindcast");
  const shop = makeShop(size.seed, size.rows);
  try {
    const built = await withEngineIn(folder, (engine) => record(engine, path, shop));
    // Anew, and asked once it has looked by itself, as somebody asks who opened a file a moment ago.
    const asked = await withOpened(folder, path, async (engine, recordingId) => {
      await engine.whenQuiet();
      return askAll(engine, recordingId, shop, size.questionsOfEach);
    });
    const atOnce = await withOpened(folder, path, (engine, recordingId) => askAll(engine, recordingId, shop, 1));
    const checked = await checkAnswers(path, [...asked, ...atOnce]);
    return measuredOn(
      { rows: built.committed, fileBytes: statSync(path).size, seed: size.seed, cache: "warm" },
      figuresOf(size, asked, atOnce, checked, built),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Built {
  readonly seconds: number;
  readonly cpuMs: number;
  readonly committed: number;
}

async function record(engine: BenchEngine, path: string, shop: Shop): Promise<Built> {
  const { summary, environment } = await engine.call("recording.create", { path, capture: {} });
  const { recordingId } = summary;
  const agent = await WireAgent.greet(environment, Number(startNs / 1_000_000n));
  const [beganMs, cpuBefore] = [performance.now(), engine.cpuMs()];
  let written = 0;
  for (const batch of shop.batches()) {
    await agent.send(batch);
    written += batch.length;
  }
  await agent.bye(shop.clockMs(), written);
  const { counts } = await engine.call("recording.stop", { recordingId });
  const committed = counts.events + counts.logs + counts.spans + counts.writes;
  return { seconds: (performance.now() - beganMs) / 1000, cpuMs: engine.cpuMs() - cpuBefore, committed };
}

async function askAll(engine: BenchEngine, recordingId: string, shop: Shop, rounds: number): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (let round = 0; round < rounds; round++)
    for (const question of questionsFor(shop)) asked.push(await ask(engine, recordingId, question));
  return asked;
}

function questionsFor(shop: Shop): readonly Question[] {
  const from = startNs + BigInt(Math.floor(shop.random() * 0.9 * shop.clockMs() * 1e6));
  return [
    { about: "a rare word", text: shop.someId() },
    { about: "a common word", text: shop.commonWord() },
    { about: "two common words", text: `${shop.commonWord()} ${shop.commonWord()}` },
    { about: "words that never meet", text: "accepted settled" },
    { about: "a phrase that there is not", text: `"${shop.commonWord()} settled accepted"` },
    { about: "part of a word", text: shop.someId().slice(2, 11) },
    { about: "no such word", text: `zz${shop.someId().slice(3)}q` },
    { about: "in a short time", text: shop.someWord(), from, to: from + 10_000_000_000n },
    { about: "a common word in a short time", text: shop.commonWord(), from, to: from + 10_000_000_000n },
  ];
}

async function ask(engine: BenchEngine, recordingId: string, question: Question): Promise<Asked> {
  const { text, from, to } = question;
  const [beganMs, cpuBefore] = [performance.now(), engine.cpuMs()];
  let firstAnswerMs = 0;
  const found: string[] = [];
  let lastTimeNs = 0;
  let after: SearchColumns["next"];
  do {
    const limit = pageRows - found.length;
    const page = await engine.call("search.page", { recordingId, text, from, to, order: "newest", after, limit });
    if (after === undefined) firstAnswerMs = performance.now() - beganMs;
    page.seq.forEach((seq, row) => found.push(`${page.process[row]}/${seq}`));
    lastTimeNs = page.timeNs.at(-1) ?? lastTimeNs;
    after = found.length < pageRows ? page.next : undefined;
  } while (after !== undefined);
  const tookMs = performance.now() - beganMs;
  return { question, firstAnswerMs, tookMs, cpuMs: engine.cpuMs() - cpuBefore, found, lastTimeNs };
}

function figuresOf(
  size: SearchSize,
  asked: readonly Asked[],
  atOnce: readonly Asked[],
  checked: Checked,
  built: Built,
): readonly Figure[] {
  const { committed } = built;
  const about = [...new Set(asked.map(({ question }) => question.about))];
  const took = (name?: string) =>
    Float64Array.from(
      asked.filter(({ question }) => name === undefined || question.about === name),
      ({ tookMs }) => tookMs,
    );
  const cpu = (name: string) =>
    Float64Array.from(
      asked.filter(({ question }) => question.about === name),
      ({ cpuMs }) => cpuMs,
    );
  const isWhole = committed >= size.rows && checked.wrong === 0;
  const validity = isWhole
    ? {}
    : { invalid: `${checked.wrong} of ${checked.checked} answers are wrong; ${committed} of ${size.rows} rows` };
  const ms = (name: string, samples: Float64Array, share: number): Figure => ({
    name,
    value: quantile(samples, share),
    unit: "ms",
    ...validity,
  });
  return [
    { ...ms("search_p95_ms", took(), 0.95), budget: { atMost: 100 } },
    ms("search_p50_ms", took(), 0.5),
    ...about.map((name) => ms(`search_p95_ms, ${name}`, took(name), 0.95)),
    ...about.map((name) => ms(`search_cpu_p50_ms, ${name}`, cpu(name), 0.5)),
    ms(
      "search_first_answer_p95_ms",
      Float64Array.from(asked, ({ firstAnswerMs }) => firstAnswerMs),
      0.95,
    ),
    ms(
      "search_at_once_p50_ms",
      Float64Array.from(atOnce, ({ tookMs }) => tookMs),
      0.5,
    ),
    ms("search_plain_p50_ms", checked.plainMs, 0.5),
    { name: "search_build_s", value: built.seconds, unit: "s", ...validity },
    { name: "search_build_cpu_us_per_row", value: (1000 * built.cpuMs) / committed, unit: "µs", ...validity },
    { name: "search_index_bytes_per_row", value: checked.indexBytes / committed, unit: "By", ...validity },
  ];
}
