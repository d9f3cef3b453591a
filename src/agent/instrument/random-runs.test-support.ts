// Runs random programs as they are written and rewritten, with writes and calls told of to what records them: what they print, throw
// and do in which order has to be the same, and what is recorded of calls and state has to be what the program itself says.
// In a process of its own: `node --import tsx --experimental-vm-modules random-runs.test-support.ts FIRST COUNT|Ns`, of seeds; what
// a seed stands for is printed with `show SEED`.
import { randomFrom } from "../../shared/base/random.test-support.js";
import vm from "node:vm";
import { readRecords } from "../../shared/protocol/agent-record-codec.js";
import { createRedaction } from "../../redact/redactor.js";
import { CallRecorder } from "../calls.js";
import { SpanContext } from "../context.js";
import { showWrittenText } from "../function-text.js";
import { Guest, saveOriginals } from "../guest.js";
import { Intake } from "../intake.js";
import { foundBelow } from "../patch.js";
import { Recorder } from "../recorder.js";
import { LineRecorder } from "../lines.js";
import { RingMemory, RingWriter } from "../ring.js";
import { ChosenState, createStateTracker } from "../state/index.js";
import { WritesOnly, liveText, recordedText, unhurried } from "../state/recorded-state.test-support.js";
import { helpersName, makeWriteHelpers } from "../write-helpers.js";
import { CheckedCalls } from "./checked-calls.test-support.js";
import { guardedChoice, guardedNotes } from "./helpers.js";
import { type RandomProgram, randomProgram } from "./random-programs.test-support.js";
import { World, errorText } from "./random-world.test-support.js";
import { SiteRegistry, listedIn } from "./sites.js";
import { transform } from "./transform.js";
import type { Told } from "./write-sites.js";

const ticks = 60;
const everything = { share: 1, mostMs: 1e9 };

interface Outcome {
  readonly trace: readonly string[];
  /** The functions that were entered, as the program says. */
  readonly entered: readonly string[];
  readonly problems: readonly string[];
}

interface RunsSummary {
  readonly programs: number;
  readonly unreadable: number;
  readonly functions: number;
  readonly skipped: number;
  readonly calls: number;
  readonly writes: number;
  readonly failed: readonly number[];
}

class Run {
  readonly world = new World();
  #sites = new SiteRegistry(() => 1);
  functions = 0;
  skipped = 0;
  writes = 0;
  isChanged = false;
  readonly #program: RandomProgram;
  readonly #told: Told | undefined;

  constructor(program: RandomProgram, told: Told | undefined) {
    this.#program = program;
    this.#told = told;
  }

  async outcome(): Promise<Outcome> {
    const { source, format } = this.#program;
    const file = "/random.js";
    const result = this.#told && transform(source, { format, file, standsAlone: false, told: this.#told });
    if (result?.kind === "unreadable") return { trace: [], entered: [], problems: [result.reason] };
    const code = result?.kind === "changed" ? result.code : source;
    const guest = new Guest(saveOriginals());
    const memory = RingMemory.allocate(2 ** 22);
    const context = new SpanContext();
    const recorder = new Recorder(
      new RingWriter(memory),
      context,
      () => performance.now(),
      (error) => guest.noteFault(error),
    );
    recorder.redactWith(createRedaction({ enabled: true, keys: [], prefixes: [], allow: [] }, "token"));
    const sink = new WritesOnly();
    const tracker = createStateTracker(sink, { ...unhurried, slotsPerLook: 1e9 });
    const calls = new CallRecorder({ guest, sink: recorder, context });
    const sites = (this.#sites = new SiteRegistry((...place) => recorder.location(...place)));
    calls.positionOf = sites.positionOf;
    const checked = new CheckedCalls(calls);
    const chosen = new ChosenState({
      names: this.#told?.state ?? [],
      follow: (scope, value, location) => tracker.track(`chosen ${scope}`, value, location),
      leaveOut: () => tracker.leaveOut(),
      placeholderFor: () => undefined,
      soon: () => undefined,
    });
    const lines = new LineRecorder({
      guest,
      now: () => performance.now(),
      share: everything,
      noteOff: () => undefined,
    });
    lines.positionOf = sites.positionOf;
    let table = "";
    const announced = { add: (path: string, text: string): number => sites.add(path, (table = text)) };
    const helpers = makeWriteHelpers(
      tracker,
      guardedNotes(guest, tracker.writeNotes(sites.locationOf), announced),
      checked,
      guardedChoice(guest, chosen, sites),
      {
        isWanted: (call) => lines.isWanted(call),
        step: (call, site, names, values) => {
          checked.steps(call);
          lines.step(call, site, names, values);
        },
      },
    );
    const { world } = this;
    const globals = { ...world.globals(), [helpersName]: helpers };
    const { o, a, m, s } = world.state;
    for (const [name, value] of Object.entries({ o, a, m, s })) tracker.track(name, value);
    await runIn(globals, code, format, (line) => world.note(line));
    chosen.settle();
    tracker.lookAtEverything();
    const problems = [...checked.problems];
    if (guest.faults > 0) problems.push(`${guest.faults} faults of ours`);
    if (this.#told !== undefined)
      for (const [name, value] of Object.entries({ o, a, m, s })) {
        const [recorded, live] = [recordedText(sink.graph, name), liveText(value)];
        if (recorded !== live) problems.push(`state of ${name}: ${recorded} is ${live}`);
      }
    if (result?.kind === "changed" && this.#told?.calls === true) {
      const listed = listedIn(file, table).functions;
      this.functions = listed.length;
      this.skipped = listed.filter(({ reason }) => reason !== undefined).length;
      const wrapped = new Set(
        listed.flatMap(({ functionName, reason }) => (reason === undefined ? [lastName(functionName)] : [])),
      );
      const told = checked.entered.map((site) => lastName(sites.positionOf(site)?.functionName ?? "?"));
      const entered = world.entered.map(lastName).filter((name) => wrapped.has(name));
      const ours = new Set(world.entered.map(lastName));
      const [wanted, found] = [entered.join(" "), told.filter((name) => ours.has(name)).join(" ")];
      if (wanted !== found) problems.push(`entered ${wanted}; told ${found}`);
      const intake = new Intake(memory);
      intake.settleAll();
      const taken = intake.take(memory.size);
      const begun = readRecords(taken?.records ?? new Uint8Array(0)).filter(
        ({ kind }) => kind === "call" || kind === "call-start" || kind === "span-start",
      ).length;
      if (begun !== checked.entered.length) problems.push(`${checked.entered.length} calls, ${begun} recorded`);
    }
    this.writes = sink.writes.length;
    return { trace: world.trace, entered: world.entered, problems };
  }
}

/** Without what stands in front of it, which is its class's name. */
const lastName = (name: string): string => /(C\d+)\.constructor$/.exec(name)?.[1] ?? /[\w$]+$/.exec(name)?.[0] ?? name;

async function runIn(
  globals: Record<string, unknown>,
  code: string,
  format: RandomProgram["format"],
  note: (line: string) => void,
): Promise<void> {
  for (const [name, value] of Object.entries(globals))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  const unhandled = (error: unknown): void => note(`unhandled ${errorText(error)}`);
  process.on("unhandledRejection", unhandled);
  let turns = Promise.resolve();
  for (let turn = 1; turn <= ticks; turn++) turns = turns.then(() => note(`tick ${turn}`));
  try {
    if (format === "module") {
      const module = new vm.SourceTextModule(code, { identifier: "/random.js" });
      await module.link(() => {
        throw new Error("it imports nothing");
      });
      await Promise.race([
        module.evaluate(),
        new Promise((_, reject) => setTimeout(reject, 500, new Error("does not end")).unref()),
      ]);
    } else {
      const text = `(function (exports, module) {\n${code}\n})`;
      const work: unknown = vm.runInThisContext(text, { filename: "/random.js", lineOffset: -1 });
      const exports = {};
      if (typeof work === "function") Reflect.apply(work, exports, [exports, { exports }]);
    }
  } catch (error) {
    note(`ended by ${errorText(error)}`);
  }
  for (let turn = 0; turn < 3; turn++) await new Promise((next) => setImmediate(next));
  process.off("unhandledRejection", unhandled);
  for (const name of [...Object.keys(globals), "x", "y"]) Reflect.deleteProperty(globalThis, name);
}

// --- many of them

const isProgram = ({ source, format }: RandomProgram): boolean => {
  try {
    if (format === "module") return new vm.SourceTextModule(source) !== undefined;
    return new vm.Script(`(function () {${source}\n})`) !== undefined;
  } catch {
    return false;
  }
};

const firstDifference = (alone: readonly string[], told: readonly string[]): string => {
  const at = alone.findIndex((line, index) => line !== told[index]);
  const from = at < 0 ? alone.length : at;
  return `from ${from} on\n    alone: ${alone.slice(from - 2 < 0 ? 0 : from - 2, from + 4).join(" | ")}\n    told:  ${told.slice(from - 2 < 0 ? 0 : from - 2, from + 4).join(" | ")}`;
};

/** What is told of, one after the other. */
const ways: readonly Told[] = [
  { writes: true, calls: true, state: ["*"], lines: ["*"] },
  { writes: false, calls: true, lines: ["*"] },
  { writes: true, calls: false },
];

async function compare(
  seed: number,
): Promise<{ readonly problems: readonly string[]; readonly run: Run | undefined; readonly isProgram: boolean }> {
  const program = randomProgram(seed);
  if (!isProgram(program)) return { problems: [], run: undefined, isProgram: false };
  const alone = await new Run(program, undefined).outcome();
  const problems: string[] = [];
  let first: Run | undefined;
  // Each is tried on all of them in turn; the one that tells most on each.
  const chosen = randomFrom(seed)() < 0.5 ? [ways[0]] : [ways[0], ways[1 + (seed % 2)]];
  for (const told of chosen) {
    if (told === undefined) continue;
    const run = new Run(program, told);
    first ??= run;
    const outcome = await run.outcome();
    const name = `writes ${String(told.writes)}, calls ${String(told.calls)}`;
    problems.push(...outcome.problems.map((problem) => `${name}: ${problem}`));
    if (alone.trace.join("\n") !== outcome.trace.join("\n"))
      problems.push(`${name}: differs ${firstDifference(alone.trace, outcome.trace)}`);
  }
  return { problems, run: first, isProgram: true };
}

async function runSeeds(
  first: number,
  isOver: (done: number) => boolean,
  say: (line: string) => void,
): Promise<RunsSummary> {
  const totals = { programs: 0, unreadable: 0, functions: 0, skipped: 0, calls: 0, writes: 0 };
  const failed: number[] = [];
  for (let seed = first; !isOver(seed - first); seed++) {
    const { problems, run, isProgram: isOne } = await compare(seed);
    totals.programs++;
    if (!isOne) totals.unreadable++;
    totals.functions += run?.functions ?? 0;
    totals.skipped += run?.skipped ?? 0;
    totals.calls += run?.world.entered.length ?? 0;
    totals.writes += run?.writes ?? 0;
    if (problems.length === 0) continue;
    failed.push(seed);
    say(`seed ${seed}:\n  ${problems.slice(0, 4).join("\n  ").slice(0, 3000)}`);
  }
  return { ...totals, failed };
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
showWrittenText(foundBelow);
const [first, much = ""] = process.argv.slice(2);
if (first === "show") print(randomProgram(Number(much)).source);
else if (first !== undefined) {
  const end = performance.now() + (much.endsWith("s") ? 1000 * Number.parseFloat(much) : Infinity);
  const most = much.endsWith("s") ? Infinity : Number(much);
  const summary = await runSeeds(
    Number(first),
    (done) => done >= most || performance.now() > end,
    (line) => print(line),
  );
  print(JSON.stringify(summary));
}
