// One cell of the truth: an ending on one version of Node at one level, without Hindcast and with it, compared.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Engine, createEngine } from "../../../src/engine/index.js";
import type { CaptureLevel } from "../../../src/shared/trace/attributes.js";
import { slowNote } from "../hindcast-process.js";
import type { Ending, Promised } from "./catalogue.js";
import { type Recorded, readRecording } from "./recorded.js";
import { type Ended, type Notes, runProgram } from "./run-program.js";

export interface Outcome {
  /** How the program ended: the same with Hindcast and without. */
  readonly ends: string;
  readonly arrives: string;
  readonly says: string;
  readonly errors: string;
}

const packageFolder = fileURLToPath(new URL("../../..", import.meta.url));
const cli = join(packageFolder, "out/node/cli.js");

export class Comparison {
  readonly #root = mkdtempSync(join(tmpdir(), "hindcast endings "));
  readonly #environment: NodeJS.ProcessEnv;
  readonly #engine: Engine;
  readonly #bare = new Map<string, Promise<Run>>();
  #runs = 0;

  constructor() {
    const { NODE_OPTIONS: _options, HINDCAST_SOCKET: _socket, ...environment } = process.env;
    this.#environment = { ...environment, CI: "true", TMPDIR: this.#folder("tmp") };
    for (const name of ["XDG_STATE_HOME", "XDG_DATA_HOME"]) this.#environment[name] = this.#folder(name);
    this.#engine = createEngine({ packageFolder, environment: this.#environment });
  }

  async dispose(): Promise<void> {
    await this.#engine.dispose();
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  #folder(name: string): string {
    const path = join(this.#root, name);
    mkdirSync(path);
    return path;
  }

  /** Throws when the program did not end as it does without Hindcast. */
  async outcome(ending: Ending, node: string, level: CaptureLevel): Promise<Outcome> {
    const key = `${node} ${ending.title}`;
    const bareRun = this.#bare.get(key) ?? this.#run(ending, node, undefined);
    this.#bare.set(key, bareRun);
    const [bare, recorded] = [await bareRun, await this.#run(ending, node, level)];
    const [expected, actual] = [comparable(bare, ending), comparable(recorded, ending)];
    if (JSON.stringify(expected) !== JSON.stringify(actual)) throw new DiffersFromBare(expected, actual);
    const read = await readRecording(this.#engine, recorded.recording, level !== "metrics");
    return {
      ends: expected.ends,
      arrives: whatArrived(ending.promised, recorded.notes, read),
      says: `${read.end}${read.isTailUnknown ? "; what it did last may be missing" : ""}`,
      // An error in the last moment may or may not be there.
      errors: ending.promised === "everything" && read.errors.length > 0 ? read.errors.join("; ") : "–",
    };
  }

  /** Without a level it is not recorded. */
  async #run(ending: Ending, node: string, level: CaptureLevel | undefined): Promise<Run> {
    const cwd = this.#folder(`run ${++this.#runs}`);
    const recording = join(cwd, "program.hindcast");
    const ended = await runProgram(ending, {
      node,
      prefix: level === undefined ? [] : [process.execPath, cli, "record", "-o", recording, "--level", level, "--"],
      notesFile: join(cwd, "notes"),
      cwd,
      environment: this.#environment,
      isRecorded: () =>
        level === undefined || [recording, `${recording}.wal`].some((file) => tells(file, ending.script)),
    });
    return { ...ended, err: ended.err.replace(slowNote, ""), recording };
  }
}

interface Run extends Ended {
  readonly recording: string;
}

const tells = (file: string, script: string): boolean => existsSync(file) && readFileSync(file).includes(script);

class DiffersFromBare extends Error {
  constructor(
    readonly expected: object,
    readonly actual: object,
  ) {
    super("the program did not end as it does without Hindcast");
  }
}

function comparable({ code, signal, out, err, notes }: Ended, { act, comparedErrors }: Ending) {
  const own = signal ?? `exit ${String(code)}`;
  // The host is what was killed then; its program's exit code is what the shell between them noted.
  const ends = notes.exitCode === undefined ? own : `exit ${notes.exitCode}`;
  return {
    ends,
    out,
    err: errorsOf(err, comparedErrors),
    numbers: act.kind === "none" ? notes.last : notes.beforePause,
  };
}

/** Process ids, addresses, places in Node's own files and a debugger's farewell differ between runs; the rest must not. */
function errorsOf(err: string, compared: Ending["comparedErrors"]): string {
  const lines = err
    .replaceAll(/\(node:\d+\)/g, "(node)")
    .replaceAll(/0x[\da-f]+/g, "0x")
    .replaceAll(/ws:\/\/\S+/g, "ws:")
    .replaceAll(/Debugger ending on ws:\nFor help.*\n/g, "")
    .replaceAll(/(node:[\w/]+):\d+:\d+/g, "$1")
    .split("\n");
  if (compared === "fatal line")
    return lines.flatMap((line) => /^FATAL ERROR: .* - (.*)/.exec(line)?.[1] ?? []).join("\n");
  if (compared === "without Node's frames")
    return lines.filter((line) => !/^ +at .*(node:|\/out\/agent\/)/.test(line)).join("\n");
  return lines.join("\n");
}

const asTold: Readonly<Record<Promised, string>> = {
  everything: "everything",
  "all but the last moment": "all but at most the last 250 ms",
  "everything until the recording ends": "everything until the recording ends",
};

/** Each kind of record must hold the numbers 1, 2, 3 … without a hole or a double, at least as far as was promised. */
function whatArrived(promised: Promised, { last, beforePause }: Notes, { numbers, lost }: Recorded): string {
  const least = promised === "everything" ? last : beforePause;
  const broken = Object.entries(numbers).flatMap(([kind, seen]) => {
    const isWhole = seen.every((number, index) => number === index + 1);
    return isWhole && seen.length >= least
      ? []
      : [`${kind}: ${seen.length} of ${least}${isWhole ? "" : ", not in order"}`];
  });
  if (lost > 0) broken.push(`${lost} lost`);
  return broken.length === 0 ? asTold[promised] : broken.join("; ");
}
