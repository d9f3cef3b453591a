// Commands about captured state: state, history, last-writer, diff.
import { type Result, failed, ok } from "../shared/base/result.js";
import type { CallResult } from "../shared/protocol/engine-calls.js";
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { formatPath, parsePath } from "../shared/trace/path.js";
import { offsetFromStart } from "../shared/trace/iso-time.js";
import { movedText, withinText } from "./cut-text.js";
import type { CommandArgs } from "./decode-args.js";
import { inBatches } from "./in-batches.js";
import { type Done, type Reading, atInstant, done, processOf, withRecording } from "./reading.js";
import { printScopes } from "./read-scopes.js";
import { changeRow, endBefore, onOneLine, printed, writeRow } from "./rows.js";
import type { Ending } from "./terminal.js";
import type { World } from "./world.js";

/** What `state` prints for an instant before the first `track` of the scope. */
const notYet = { $type: "unavailable", because: "not-recorded", what: "not tracked yet" };

const everyRow = 1_000_000_000;
const pageRows = 1000;
/** Soon there. */
const firstPageRows = 100;

/** What calls about captured state are about. */
interface Subject {
  readonly recordingId: string;
  readonly process: number;
  readonly scope: string;
}

/** What these commands do first: the recording, and which process's scope is meant. */
const withScope = (
  world: World,
  args: { readonly file: string; readonly scope: string; readonly process: string | undefined },
  work: (reading: Reading, subject: Subject) => Promise<Done>,
): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const process = processOf(reading, args.scope, args.process);
    if (!process.ok) return process;
    return work(reading, { recordingId: reading.recordingId, process: process.value, scope: args.scope });
  });

export const state = (world: World, args: CommandArgs<"state">): Promise<Ending> => {
  const { scope } = args;
  return scope === undefined ? stateOfAll(world, args) : stateOf(world, { ...args, scope });
};

const stateOfAll = (world: World, { file, at: text, process, json }: CommandArgs<"state">): Promise<Ending> =>
  withRecording(world, file, async (reading) => {
    if (text === "-") return failed(hindcastError("bad-usage", { reason: "--at - needs --scope" }));
    const at = reading.instant(text);
    return at.ok ? printScopes(world, reading, { at: at.value, process, json }) : at;
  });

const stateOf = (world: World, args: CommandArgs<"state"> & { readonly scope: string }): Promise<Ending> =>
  withScope(world, args, async (reading, subject) => {
    if (args.at === "-") return manyStates(world, reading, subject);
    const at = reading.instant(args.at);
    if (!at.ok) return at;
    const found = await reading.call("state.at", { ...subject, at: atInstant(at.value) });
    if (!found.ok) return found;
    const value = found.value.value === undefined ? notYet : found.value.value;
    await noteUncertain(world, found.value.uncertain);
    const { summary } = reading;
    const moved = movedText(found.value.cut);
    const end = moved === undefined ? endBefore(summary, subject.process, at.value) : undefined;
    if (moved !== undefined) await note(world, moved);
    if (args.json) {
      await reading.out.line(JSON.stringify(value));
      if (end !== undefined) await note(world, `At that instant ${end}: its last state is printed.`);
      return done;
    }
    if (found.value.value === undefined) {
      const first = summary.scopes.find(
        (one) => one.process === subject.process && one.scope === args.scope,
      )?.firstSeen;
      const since = first === undefined ? "" : ` (first at ${offsetFromStart(first, summary.start)})`;
      await reading.out.line(onOneLine(`${args.scope} was not tracked yet${since}`));
      return done;
    }
    const since = `last write ${found.value.seq} at ${offsetFromStart(found.value.instant, summary.start)}`;
    const facts = `${since}${withinText(found.value.cut)}${end === undefined ? "" : `; ${end}`}`;
    await reading.out.line(onOneLine(`${args.scope} at ${offsetFromStart(at.value, summary.start)} (${facts})`));
    await reading.out.line(JSON.stringify(found.value.value, undefined, 2));
    return done;
  });

/** Beside the answer, not in it: what is printed as JSON stays one value. */
async function note({ terminal: { err } }: World, text: string): Promise<void> {
  await err.line(text);
  await err.flush();
}

const mostNamed = 5;

async function noteUncertain(world: World, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const named = paths.slice(0, mostNamed).map((path) => (path === "" ? "the value itself" : path));
  const more = paths.length > mostNamed ? ` and ${paths.length - mostNamed} more` : "";
  const why = "Known only between two looks, or after writes that were lost";
  await note(world, `${why}, may have been something else: ${named.join(", ")}${more}`);
}

/**
 * Answers come in the order asked, and without waiting for instants that have not been typed yet: whoever asks one after
 * the other gets each answer. What has come together is looked up in the order of time, in one pass over the writes.
 */
async function manyStates(world: World, reading: Reading, subject: Subject): Promise<Done> {
  let lines = 0;
  const notes: Notes = { uncertain: new Set(), afterEnd: new Set(), moved: new Set() };
  for await (const texts of inBatches(world.terminal.input)) {
    const wanted: bigint[] = [];
    let bad: Done = done;
    for (const text of texts) {
      lines += 1;
      if (text.trim() === "") continue;
      const at = reading.instant(text);
      if (!at.ok) {
        bad = failed(hindcastError("bad-time", { text: `${text.trim()} (line ${lines})` }));
        break;
      }
      wanted.push(at.value);
    }
    const answered = await answerBatch(reading, subject, wanted, notes);
    if (!answered.ok) return answered;
    if (!bad.ok) return bad;
    if (reading.out.isClosed) return done;
  }
  await noteMany(world, reading, subject, notes);
  return done;
}

interface Notes {
  readonly uncertain: Set<bigint>;
  readonly afterEnd: Set<bigint>;
  readonly moved: Set<bigint>;
}

async function answerBatch(
  { call, out, summary }: Reading,
  subject: Subject,
  wanted: readonly bigint[],
  notes: Notes,
): Promise<Done> {
  const answers = new Map<bigint, string>();
  for (const instant of [...new Set(wanted)].toSorted((a, b) => (a < b ? -1 : 1))) {
    const found = await call("state.at", { ...subject, at: atInstant(instant) });
    if (!found.ok) return found;
    if (found.value.uncertain.length > 0) notes.uncertain.add(instant);
    if (movedText(found.value.cut) !== undefined) notes.moved.add(instant);
    else if (endBefore(summary, subject.process, instant) !== undefined) notes.afterEnd.add(instant);
    answers.set(instant, JSON.stringify(found.value.value === undefined ? notYet : found.value.value));
  }
  for (const instant of wanted) await out.line(answers.get(instant) ?? "");
  await out.flush();
  return done;
}

async function noteMany(
  { terminal: { err } }: World,
  { summary }: Reading,
  { process }: Subject,
  { uncertain, afterEnd, moved }: Notes,
): Promise<void> {
  if (uncertain.size > 0) {
    const which = `At ${uncertain.size} of these instants something may have been something else`;
    await err.line(`${which}; state --at INSTANT names it.`);
  }
  if (moved.size > 0) {
    const what =
      "an earlier state is shown, because what the process received then is not sent yet by the sender's clock";
    await err.line(`At ${moved.size} of these instants ${what}.`);
  }
  const [after] = afterEnd;
  const end = after === undefined ? undefined : endBefore(summary, process, after);
  if (end !== undefined) await err.line(`At ${afterEnd.size} of these instants ${end}: its last state is printed.`);
  await err.flush();
}

/** Page by page, so that what is printed first does not wait for what is printed last, and little is held at once. */
export const history = (world: World, args: CommandArgs<"history">): Promise<Ending> =>
  withScope(world, args, async (reading, subject) => {
    const { call, out, summary } = reading;
    const about = { ...subject, path: args.path };
    const asked = normalized(args.path);
    let before = await firstToPrint(reading, about, args.last);
    let left = args.limit ?? everyRow;
    let isFirst = true;
    for (;;) {
      if (!before.ok) return before;
      const limit = Math.min(left, isFirst ? firstPageRows : pageRows);
      const page = await call("state.history", { ...about, after: before.value, limit });
      if (!page.ok) return page;
      const { writes, missing, evicted } = page.value;
      if (isFirst) await noteEvicted(world, evicted, summary);
      if (isFirst) await noteMissing(world, missing, summary);
      isFirst = false;
      for (const write of writes) await out.line(printed(writeRow(write, summary, asked), args.json));
      left -= writes.length;
      const last = writes.at(-1);
      if (last === undefined || left === 0 || out.isClosed) return done;
      before = ok(last.seq);
      await out.flush();
    }
  });

async function noteEvicted(
  { terminal }: World,
  evicted: CallResult<"state.history">["evicted"],
  { start }: RecordingSummary,
): Promise<void> {
  for (const { from, to } of evicted)
    await terminal.err.line(
      `Writes were evicted, also to this path perhaps: from ${offsetFromStart(from, start)} to ${offsetFromStart(to, start)}`,
    );
  await terminal.err.flush();
}

async function noteMissing(
  { terminal }: World,
  missing: CallResult<"state.history">["missing"],
  { start }: RecordingSummary,
): Promise<void> {
  for (const { since, until } of missing.slice(0, mostNamed)) {
    const to = until === undefined ? "the end" : offsetFromStart(until, start);
    await terminal.err.line(
      `Writes were lost, also to this path perhaps: from ${offsetFromStart(since, start)} to ${to}`,
    );
  }
  if (missing.length > mostNamed) await terminal.err.line(`… and in ${missing.length - mostNamed} more places`);
  await terminal.err.flush();
}

/** The Seq after which the last `last` writes begin; before all when all are wanted. */
async function firstToPrint(
  { call }: Reading,
  about: Subject & { readonly path: string },
  last: number | undefined,
): Promise<Result<number, HindcastError>> {
  let first: number | undefined;
  for (let left = last ?? 0; left > 0;) {
    const limit = Math.min(left, pageRows);
    const page = await call("state.history", { ...about, limit, ...(first === undefined ? {} : { before: first }) });
    if (!page.ok) return page;
    first = page.value.writes[0]?.seq ?? first;
    if (page.value.writes.length < limit) break;
    left -= limit;
  }
  return ok(first === undefined ? 0 : first - 1);
}

/** As the engine writes paths; one that is none fails where it is asked for. */
function normalized(text: string): string {
  const path = parsePath(text);
  return path.ok ? formatPath(path.value) : text;
}

export const lastWriter = (world: World, args: CommandArgs<"last-writer">): Promise<Ending> =>
  withScope(world, args, async (reading, subject) => {
    const at = reading.instant(args.at);
    if (!at.ok) return at;
    const found = await reading.call("state.lastWriter", { ...subject, path: args.path, at: atInstant(at.value) });
    if (!found.ok) return found;
    const { write, isUncertain, isEvicted } = found.value;
    if (isEvicted) await world.terminal.err.line("The write was evicted to keep the recording within its limits.");
    if (isUncertain) await world.terminal.err.line("Writes were lost: there may have been a later one.");
    await world.terminal.err.flush();
    const nothing = isEvicted ? "It is not kept what wrote it." : "Nothing wrote it before that instant.";
    if (write === undefined) await reading.out.line(args.json ? "null" : nothing);
    else await reading.out.line(printed(writeRow(write, reading.summary, normalized(args.path)), args.json));
    return done;
  });

export const diff = (world: World, args: CommandArgs<"diff">): Promise<Ending> =>
  withScope(world, args, async (reading, subject) => {
    const [from, to] = [reading.instant(args.from), reading.instant(args.to)];
    if (!from.ok) return from;
    if (!to.ok) return to;
    const found = await reading.call("state.diff", {
      ...subject,
      a: atInstant(from.value),
      b: atInstant(to.value),
      limit: args.limit ?? everyRow,
    });
    if (!found.ok) return found;
    await noteUncertain(world, found.value.uncertain);
    for (const change of found.value.changes) await reading.out.line(printed(changeRow(change), args.json));
    return done;
  });
