// Every option there is, and what may stand after the options: what command-table.ts puts commands together from.
import * as v from "valibot";
import { exportFormats } from "../shared/protocol/export-calls.js";
import { bytesFromText, msFromText } from "../shared/base/typed-amounts.js";
import { mostAuthor, mostNoteText, noteLabels } from "../shared/protocol/note-calls.js";
import { overflowPolicies, presetBlockMs, presetCollectionMs } from "../shared/protocol/agent-wire.js";
import { type AttachTarget, type TrackedGlobal, attachTarget, trackedGlobal } from "../shared/protocol/attach-calls.js";
import { targetFromText, trackedFromText } from "../shared/protocol/attach-text.js";
import { comparedSides } from "../shared/protocol/correlation-calls.js";
import { foundKinds } from "../shared/protocol/engine-rows.js";
import { limitBounds } from "../shared/protocol/recording-limits.js";
import { captureLevels } from "../shared/trace/attributes.js";

export interface CliOption {
  /** As commander reads it; the long name in camelCase is the name below. */
  readonly flags: string;
  readonly help: string;
  readonly choices?: readonly string[];
  /** What is used when the option is left out, as typed. */
  readonly preset?: string;
  /** Completions offer file names. */
  readonly isPath?: boolean;
  readonly schema: v.GenericSchema;
}

const text = v.optional(v.string());

/** Bytes, as `64MB`; `least` and `most` as typed. */
function size(name: string, least: string, most: string) {
  const sentence = `--${name} takes a size from ${least} to ${most}, such as 64MB`;
  return v.pipe(
    v.string(),
    v.transform((typed) => bytesFromText(typed) ?? -1),
    v.minValue(bytesFromText(least) ?? 0, sentence),
    v.maxValue(bytesFromText(most) ?? 0, sentence),
  );
}
/** Milliseconds, as `10m`; `least` and `most` as typed. */
function duration(name: string, least: string, most: string) {
  const sentence = `--${name} takes a time from ${least} to ${most}, such as 90s, 10m or 12h`;
  return v.pipe(
    v.string(),
    v.transform((typed) => msFromText(typed) ?? -1),
    v.minValue(msFromText(least) ?? 0, sentence),
    v.maxValue(msFromText(most) ?? 0, sentence),
  );
}
const flag = v.optional(v.boolean(), false);
const globs = v.optional(v.array(v.string()), []);
const chosenState = v.optional(
  v.pipe(
    v.array(v.string()),
    v.transform((lists) => lists.flatMap((list) => list.split(",")).map((name) => name.trim())),
    v.array(
      v.pipe(
        v.string(),
        v.regex(/^[\p{ID_Continue}$*]+$/u, "--state takes names of classes and variables, such as Cart,Session*"),
      ),
    ),
  ),
  [],
);
const chosenLines = v.optional(
  v.pipe(
    v.array(v.string()),
    v.transform((lists) => lists.flatMap((list) => list.split(",")).map((name) => name.trim())),
    v.array(
      v.pipe(
        v.string(),
        v.regex(/^\S+$/, "--lines takes names of functions and globs of files, such as Cart.add,src/pay.ts"),
      ),
    ),
  ),
  [],
);
const shells = ["bash", "zsh", "fish"] as const;

function wholeNumber(name: string, least: number, most: number) {
  const sentence = `--${name} takes a whole number from ${least} to ${most}`;
  return v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,15}$/, sentence),
      v.transform(Number),
      v.minValue(least, sentence),
      v.maxValue(most, sentence),
    ),
  );
}

function threshold(name: string) {
  const sentence = `--${name} takes milliseconds, 0 to 60000`;
  return v.pipe(v.string(), v.regex(/^\d{1,5}$/, sentence), v.transform(Number), v.maxValue(60_000, sentence));
}

const tracked = v.optional(
  v.array(
    v.pipe(
      v.string(),
      v.transform(trackedFromText),
      v.custom<TrackedGlobal>((given) => v.is(trackedGlobal, given), "--track takes NAME=EXPRESSION"),
    ),
  ),
  [],
);

const program = v.optional(
  v.pipe(
    v.string(),
    v.transform(targetFromText),
    v.custom<AttachTarget>(
      (given) => v.is(attachTarget, given),
      "A program is a process id or an inspector's HOST:PORT",
    ),
  ),
);

const onOff = ["on", "off"] as const;
const onOrOff = (flags: string, preset: (typeof onOff)[number], help: string) => ({
  flags,
  help,
  choices: onOff,
  preset,
  schema: v.picklist(onOff),
});

export const options = {
  out: {
    flags: "-o, --out <file>",
    help: "Where to write the recording or its copy; the folder has to be there",
    isPath: true,
    schema: v.optional(v.pipe(v.string(), v.nonEmpty("-o needs the name of a file"))),
  },
  level: {
    flags: "--level <level>",
    help: "How much is captured; each level adds to the one before",
    choices: captureLevels,
    preset: "requests",
    schema: v.picklist(captureLevels),
  },
  include: { flags: "--include <glob...>", help: "Instrument only files that match", schema: globs },
  exclude: { flags: "--exclude <glob...>", help: "Leave files that match alone", schema: globs },
  writes: onOrOff("--writes <on|off>", "on", "Instrument the places that write to tracked state"),
  state: {
    flags: "--state <names...>",
    help: "Follow instances of these classes and variables at the top of files by themselves, such as Cart,Session*",
    schema: chosenState,
  },
  lines: {
    flags: "--lines <names...>",
    help: "At level lines: record the statements of these functions, and of those in files that match, such as Cart.add,src/pay.ts; of all when left out",
    schema: chosenLines,
  },
  sources: onOrOff("--sources <on|off>", "on", "Keep the sources of files whose calls are recorded"),
  block: {
    flags: "--block <ms>",
    help: "Record what blocks the event loop for so long or longer, up to 60000; 0 for nothing",
    preset: String(presetBlockMs),
    schema: threshold("block"),
  },
  blockStacks: onOrOff("--block-stacks <on|off>", "on", "Take the stack of what blocks the event loop, while it does"),
  collection: {
    flags: "--collection <ms>",
    help: "Record each collection of garbage that takes so long or longer, up to 60000; 0 for none",
    preset: String(presetCollectionMs),
    schema: threshold("collection"),
  },
  buffer: {
    flags: "--buffer <size>",
    help: "Memory between the program and its recorder, 1MB to 1GB",
    preset: "16MB",
    schema: size("buffer", "1MB", "1GB"),
  },
  overflow: {
    flags: "--overflow <policy>",
    help: "When that is full: drop the newest record, drop the oldest, or block the program, at most 10 s without progress",
    choices: overflowPolicies,
    preset: "drop-newest",
    schema: v.picklist(overflowPolicies),
  },
  backlog: {
    flags: "--backlog <size>",
    help: "Memory for what is not in the file yet, while the engine is slow or away, 1MB to 4GB",
    preset: "128MB",
    schema: size("backlog", "1MB", "4GB"),
  },
  spill: {
    flags: "--spill <size>",
    help: "Disk for what finds no room in the backlog; 0 for none",
    preset: "0",
    schema: size("spill", "0", "1024GB"),
  },
  durability: {
    flags: "--durability <ms>",
    help: "At most so long after the engine received it a record is on the disk, 10 to 10000; 250 when left out",
    schema: wholeNumber("durability", 10, 10_000),
  },
  maxAge: {
    flags: "--max-age <time>",
    help: "Keep at least the last so much (90s, 10m, 12h), by the program's clock; what is older is evicted. Everything when left out",
    schema: v.optional(duration("max-age", limitBounds.maxAge.least, limitBounds.maxAge.most)),
  },
  maxSize: {
    flags: "--max-size <size>",
    help: "Keep the file with its log below this, 16MB to 1024GB: the oldest is evicted. Everything when left out",
    schema: v.optional(size("max-size", limitBounds.maxSize.least, limitBounds.maxSize.most)),
  },
  redact: onOrOff(
    "--redact <on|off>",
    "on",
    "Take secrets (passwords, tokens, cookies, card numbers and the like) out of everything that is recorded",
  ),
  redactKey: {
    flags: "--redact-key <name...>",
    help: "A name whose values are secret, besides the known ones",
    schema: globs,
  },
  redactPrefix: {
    flags: "--redact-prefix <text...>",
    help: "What secrets of your own begin with, wherever they stand",
    schema: globs,
  },
  redactAllow: {
    flags: "--redact-allow <name...>",
    help: "A name, or a kind as hindcast info lists them, that is not redacted",
    schema: globs,
  },
  config: {
    flags: "--config <file>",
    help: "What records go through before they are kept; when left out, HINDCAST_PIPELINE or the nearest hindcast.config.ts, .js or .json",
    isPath: true,
    schema: text,
  },
  propagate: {
    flags: "--propagate <host...>",
    help: "Send the W3C trace header to this host, too (.example.com: all below it); otherwise to this machine only",
    schema: globs,
  },
  track: {
    flags: "--track <name=expression...>",
    help: "Follow a value that the program's globals lead to as tracked state of this name; what would run code of the program's that changes anything is refused",
    schema: tracked,
  },
  seconds: {
    flags: "--seconds <n>",
    help: "Leave the program after so long; at Ctrl+C when left out",
    schema: wholeNumber("seconds", 1, 10_000_000),
  },
  signal: {
    flags: "--signal",
    help: "Send SIGUSR1 also where nobody can tell whether the program listens for it itself",
    schema: flag,
  },
  port: {
    flags: "--port <n>",
    help: "Port on 127.0.0.1; any free one when left out",
    schema: wholeNumber("port", 0, 65_535),
  },
  open: {
    flags: "--no-open",
    help: "Print the address without opening a browser",
    schema: v.optional(v.boolean(), true),
  },
  fetchElectron: {
    flags: "--fetch-electron",
    help: "Have Electron's installer fetch its binary when that is all that is missing for a desktop window",
    schema: flag,
  },
  json: { flags: "--json", help: "Print JSON", schema: flag },
  process: {
    flags: "--process <p>",
    help: "Number, pid or service name of a process, as hindcast info lists them",
    schema: text,
  },
  scope: { flags: "--scope <name>", help: "Name that the program gave to track()", schema: text },
  path: {
    flags: "--path <path>",
    help: 'Where in the scope: accounts.acc_1.balance, entries[0]; "" is all of it',
    schema: text,
  },
  at: {
    flags: "--at <time>",
    help: "The instant (state: - reads instants from standard input, one a line)",
    schema: text,
  },
  from: { flags: "--from <time>", help: "First instant (where optional, the recording's start)", schema: text },
  to: { flags: "--to <time>", help: "Last instant (where optional, the recording's end)", schema: text },
  limit: {
    flags: "--limit <n>",
    help: "Only the first n rows, in the order of time (diff: of paths; changes, correlate: the surest, requests: the slowest; 30 when left out)",
    schema: wholeNumber("limit", 1, 1_000_000_000),
  },
  last: {
    flags: "--last <n>",
    help: "Only the last n rows, in the order of time",
    schema: wholeNumber("last", 1, 1_000_000_000),
  },
  kind: {
    flags: "--kind <kind...>",
    help: "Only rows of these kinds; write is a change of state, keyframe an object of it written down whole, metric a series",
    choices: foundKinds,
    schema: v.optional(v.array(v.picklist(foundKinds))),
  },
  with: {
    flags: "--with <series>",
    help: "A metric by its name or alias, as hindcast metrics --summary lists them; SERVICE/NAME, and KEY=VALUE after it, where several are called so",
    schema: v.optional(v.pipe(v.string(), v.nonEmpty("--with needs the name of a metric"))),
  },
  lag: {
    flags: "--lag <time>",
    help: "How much earlier or later another may be (0s, 90s, 10m); a tenth of the range when left out",
    schema: v.optional(duration("lag", "0s", "24h")),
  },
  pattern: {
    flags: "--pattern <expression>",
    help: "Only rows in which a regular expression (RE2) is found, without regard to case",
    schema: text,
  },
  route: {
    flags: "--route <route>",
    help: "The requests of one route, as hindcast requests lists them: 'GET /accounts/:id'",
    schema: text,
  },
  service: { flags: "--service <name>", help: "Only what this service was asked for", schema: text },
  function: {
    flags: "--function <name>",
    help: "Only calls of this function: Cart.add, or add for all that end in it",
    schema: v.optional(v.pipe(v.string(), v.nonEmpty("--function needs the name of a function"))),
  },
  steps: {
    flags: "--steps",
    help: "Print the lines that each call ran, and which of its variables were others than before; recorded at level lines",
    schema: flag,
  },
  tree: {
    flags: "--tree",
    help: "Sum calls up by how they were reached: how many, their time together, and without what was called in them",
    schema: flag,
  },
  nearest: {
    flags: "--nearest <n>",
    help: "How many records: half of them at or before the instant, half after it",
    preset: "20",
    schema: wholeNumber("nearest", 1, 10_000),
  },
  summary: {
    flags: "--summary",
    help: "A row for each series: samples, least, average, quantiles (within 1 %), most",
    schema: flag,
  },
  against: {
    flags: "--against <side>",
    help: "Compare with what was before it, or with what came after it: where the beginning of a program is before it, or where what is looked for was over",
    choices: comparedSides,
    preset: "before",
    schema: v.optional(v.picklist(comparedSides, "--against is before or after")),
  },
  format: {
    flags: "--format <format>",
    help: "hindcast (a recording), parquet (a folder with a file for each SQL view) or jsonl (a file of JSON lines)",
    schema: v.optional(v.picklist(exportFormats, `--format is one of ${exportFormats.join(", ")}`), "hindcast"),
  },
  add: {
    flags: "--add <text>",
    help: "Write a note at --at, or from --at to --to; an empty text is a bookmark",
    schema: v.optional(v.pipe(v.string(), v.maxLength(mostNoteText, `A note has at most ${mostNoteText} characters`))),
  },
  label: {
    flags: "--label <label>",
    help: "What it is",
    choices: noteLabels,
    preset: "note",
    schema: v.picklist(noteLabels),
  },
  author: {
    flags: "--author <name>",
    help: "Who writes it, instead of the name that the system knows you by",
    schema: v.optional(v.pipe(v.string(), v.maxLength(mostAuthor, `A name has at most ${mostAuthor} characters`))),
  },
  rules: {
    flags: "--rules <path...>",
    help: "Evaluate these files of rules, or those of a folder (.rules, .dscr), while it is recorded; saving one changes them. hindcast alerts says what they told",
    isPath: true,
    schema: globs,
  },
  expect: {
    flags: "--expect <file>",
    help: "What really went wrong, as the ledger's --truth writes it: says of each rule how many of its firings were of an incident (up to 15 s after it), which incidents it caught, and how late",
    isPath: true,
    schema: text,
  },
  acknowledge: { flags: "--acknowledge <id>", help: "Somebody looks after this alert", schema: text },
  resolve: { flags: "--resolve <id>", help: "It is over: what fires next is another alert", schema: text },
  note: { flags: "--note <id>", help: "Note --text on this alert", schema: text },
  text: {
    flags: "--text <text>",
    help: "What is noted, or why something is suppressed",
    schema: v.optional(v.pipe(v.string(), v.maxLength(mostNoteText, `A note has at most ${mostNoteText} characters`))),
  },
  suppress: {
    flags: "--suppress <name=value...>",
    help: "From now on, what fires with these labels does nothing but say that it is suppressed: rule, severity, what by names, labels of rules",
    schema: v.optional(v.array(v.string())),
  },
  for: {
    flags: "--for <time>",
    help: "How long it is suppressed: 90s, 30m, 12h",
    schema: v.optional(duration("for", "1s", "8760h")),
  },
  unsuppress: { flags: "--unsuppress <id>", help: "End a suppression", schema: text },
  markdown: { flags: "--markdown", help: "As Markdown, with a link to each place", schema: flag },
  dryRun: { flags: "--dry-run", help: "Only say what would leave, and write nothing", schema: flag },
  redactSecrets: {
    flags: "--redact-secrets",
    help: "Take what looks like a secret out of what is written",
    schema: flag,
  },
  redactText: {
    flags: "--redact-text <text...>",
    help: "A text to take out of what is written, wherever it stands",
    schema: globs,
  },
  yes: { flags: "--yes", help: "Export although something in it looks like a secret", schema: flag },
  check: { flags: "--check", help: "Only say which files would change, and fail if any would", schema: flag },
  overwrite: { flags: "--overwrite", help: "Replace a file that has this name already", schema: flag },
} as const satisfies Record<string, CliOption>;

export type OptionName = keyof typeof options;

/** What stands after the options; `words`: what those are called that follow the file, which become one text; `list`: which stay as they are. */
export const operands = {
  none: { shown: "", help: "", schema: v.object({}) },
  file: { shown: "<file>", help: "The recording", schema: v.object({ file: v.string() }) },
  "optional-file": {
    shown: "[file]",
    help: "The recording, or a hindcast:// link to a place in one",
    schema: v.object({ file: v.optional(v.string()) }),
  },
  "text-in-file": {
    shown: "<file> <text...>",
    help: 'The recording, and words that all have to occur; a "phrase in quotation marks" as it stands',
    words: "text",
    schema: v.object({ file: v.string(), text: v.string() }),
  },
  "condition-in-file": {
    shown: "<file> <condition...>",
    help: "The recording, and a condition on a value, in quotation marks: 'balance < 0', 'status = failed', 'retries >= 3'",
    words: "condition",
    schema: v.object({ file: v.string(), condition: v.string() }),
  },
  "source-in-file": {
    shown: "<file> [path]",
    help: "The recording, and a source of the program's: its path, or the end of it",
    words: "path",
    schema: v.object({ file: v.string(), path: v.optional(v.string()) }),
  },
  files: {
    shown: "<files...>",
    help: "Files of rules",
    schema: v.object({ files: v.array(v.string()) }),
  },
  "case-files": {
    shown: "<paths...>",
    help: "Files of cases, or folders with such files (.cases) in them or below",
    schema: v.object({ "case-files": v.array(v.string()) }),
  },
  "rules-and-recordings": {
    shown: "<rules> <recordings...>",
    help: "A file of rules, and the recordings",
    list: "recordings",
    schema: v.object({ file: v.string(), recordings: v.array(v.string()) }),
  },
  program: {
    shown: "[pid|host:port]",
    help: "Its process id, or where its inspector listens on this machine",
    schema: v.object({ program }),
  },
  command: {
    shown: "<command...>",
    help: "The program and its arguments, after --",
    schema: v.object({ command: v.array(v.string()) }),
  },
  shell: { shown: "<shell>", help: shells.join(", "), schema: v.object({ shell: v.picklist(shells) }) },
} as const;

export type OperandKind = keyof typeof operands;
