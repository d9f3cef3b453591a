// The one table of commands. The parser, --help, docs/cli.md, shell completions and the types of what each command receives all
// derive from it and from the options of option-table.ts.
import type { OperandKind, OptionName } from "./option-table.js";

export interface CliCommand {
  readonly summary: string;
  readonly operand: OperandKind;
  readonly required: readonly OptionName[];
  readonly optional: readonly OptionName[];
  readonly examples: readonly string[];
}

const redact = ["redact", "redactKey", "redactPrefix", "redactAllow"] as const;
const delivery = ["buffer", "overflow", "backlog", "spill"] as const;
const limits = ["maxAge", "maxSize"] as const;
const capture = [
  "level",
  "include",
  "exclude",
  "writes",
  "state",
  "lines",
  "sources",
  "block",
  "blockStacks",
  "collection",
  "propagate",
  "config",
  ...delivery,
  ...redact,
] as const;

export const commands = {
  run: {
    summary: "Run a program, record it and show it live in a window or browser",
    operand: "command",
    required: [],
    optional: ["out", ...capture, ...limits, "rules", "durability", "port", "open"],
    examples: [
      "hindcast run -- node app.js",
      "hindcast run -o app.hindcast --level metrics -- npm start",
      "hindcast run --max-age 30m --max-size 2GB -- node server.js",
      "hindcast run --rules rules/ -- node server.js",
    ],
  },
  record: {
    summary: "Run a program and record it, without a window; the program's streams, signals and exit code are its own",
    operand: "command",
    required: ["out"],
    optional: [...capture, ...limits, "rules", "durability"],
    examples: ["hindcast record -o app.hindcast -- node app.js"],
  },
  attach: {
    summary:
      "Record a Node.js program that runs already, and leave it as it was; without one, list those there are. The program's standard error says that its debugger listens, and soon that it does no more",
    operand: "program",
    required: [],
    optional: [
      "out",
      "track",
      "seconds",
      "signal",
      "level",
      "propagate",
      "config",
      "collection",
      ...delivery,
      ...redact,
      ...limits,
      "durability",
      "json",
    ],
    examples: [
      "hindcast attach",
      "hindcast attach 4711 -o app.hindcast",
      "hindcast attach 4711 --seconds 30 --track carts=globalThis.carts",
      "hindcast attach 127.0.0.1:9229 -o app.hindcast",
    ],
  },
  open: {
    summary:
      "Open a recording, a place in one, or the welcome page, in a window or browser; in the one that runs already, where there is one",
    operand: "optional-file",
    required: [],
    optional: ["port", "open", "fetchElectron"],
    examples: [
      "hindcast open app.hindcast",
      "hindcast open 'hindcast://open?file=/home/me/app.hindcast&at=1795271631642318204'",
    ],
  },
  serve: {
    summary: "Serve the window on 127.0.0.1 for a browser",
    operand: "optional-file",
    required: [],
    optional: ["port", "open", "durability"],
    examples: ["hindcast serve app.hindcast --port 4477"],
  },
  demo: {
    summary: "Record the bundled demo live, a bank in four services in which things go wrong, and show it",
    operand: "none",
    required: [],
    optional: [...limits, "port", "open"],
    examples: ["hindcast demo", "hindcast demo --max-age 5m"],
  },
  copy: {
    summary: "Copy a saved recording into one file, brought up to this version's format",
    operand: "file",
    required: ["out"],
    optional: ["overwrite"],
    examples: ["hindcast copy app.hindcast -o kept.hindcast"],
  },
  export: {
    summary:
      "Write a saved recording, or a stretch of it, for others; first says what was redacted and what looks like a secret that is still there, and takes that out when asked to",
    operand: "file",
    required: [],
    optional: [
      "out",
      "from",
      "to",
      "format",
      "redactSecrets",
      "redactKey",
      "redactPrefix",
      "redactText",
      "redactAllow",
      "dryRun",
      "yes",
      "overwrite",
      "json",
    ],
    examples: [
      "hindcast export app.hindcast -o incident.hindcast --from +20s --to +35s",
      "hindcast export app.hindcast -o public.hindcast --redact-secrets --redact-key customer --redact-text 'Acme Ltd'",
      "hindcast export app.hindcast -o app-parquet --format parquet",
      "hindcast export app.hindcast --dry-run",
    ],
  },
  compact: {
    summary:
      "Make the file of a saved recording as small as what it holds; it stays as it is until the new one is whole",
    operand: "file",
    required: [],
    optional: ["out"],
    examples: ["hindcast compact app.hindcast", "hindcast compact app.hindcast -o small.hindcast"],
  },
  info: {
    summary: "What a recording holds: processes, state, counts",
    operand: "file",
    required: [],
    optional: ["json"],
    examples: ["hindcast info app.hindcast"],
  },
  state: {
    summary: "Captured state at an instant, or at each of many; a line for every scope when none is named",
    operand: "file",
    required: ["at"],
    optional: ["scope", "process", "json"],
    examples: [
      "hindcast state app.hindcast --at +1.5s",
      "hindcast state app.hindcast --scope accounts --at +1.5s",
      "hindcast state app.hindcast --scope accounts --at - --json < instants.txt",
    ],
  },
  history: {
    summary: "Every write at, above or below a path, oldest first",
    operand: "file",
    required: ["scope", "path"],
    optional: ["process", "limit", "last", "json"],
    examples: ["hindcast history app.hindcast --scope accounts --path acc_1.balance --json"],
  },
  "last-writer": {
    summary: "The write that gave a path its value at an instant",
    operand: "file",
    required: ["scope", "path", "at"],
    optional: ["process", "json"],
    examples: ["hindcast last-writer app.hindcast --scope accounts --path acc_1.balance --at +2s"],
  },
  diff: {
    summary: "Paths whose value differs between two instants",
    operand: "file",
    required: ["scope", "from", "to"],
    optional: ["process", "limit", "json"],
    examples: ["hindcast diff app.hindcast --scope accounts --from +1s --to +2s"],
  },
  events: {
    summary: "Events in a span of time",
    operand: "file",
    required: [],
    optional: ["from", "to", "limit", "last", "json"],
    examples: ["hindcast events app.hindcast --from +1s --to +2s --json"],
  },
  spans: {
    summary: "Spans that overlap a span of time: requests, calls, the program's own",
    operand: "file",
    required: [],
    optional: ["from", "to", "limit", "last", "json"],
    examples: ["hindcast spans app.hindcast --json"],
  },
  "open-spans": {
    summary: "Spans begun and not ended at an instant",
    operand: "file",
    required: ["at"],
    optional: ["limit", "last", "json"],
    examples: ["hindcast open-spans app.hindcast --at +1.5s"],
  },
  logs: {
    summary: "Log lines in a span of time",
    operand: "file",
    required: [],
    optional: ["from", "to", "pattern", "limit", "last", "json"],
    examples: ["hindcast logs app.hindcast --from +1s", "hindcast logs app.hindcast --pattern ^refused --last 20"],
  },
  metrics: {
    summary: "Metric samples in a span of time, or what they are like together",
    operand: "file",
    required: [],
    optional: ["from", "to", "summary", "limit", "last", "json"],
    examples: ["hindcast metrics app.hindcast --json", "hindcast metrics app.hindcast --summary --from +10s --to +20s"],
  },
  search: {
    summary:
      "Rows with all of some words in them, as parts of longer words too, without regard to case; a metric at its first sample",
    operand: "text-in-file",
    required: [],
    optional: ["kind", "process", "from", "to", "limit", "last", "json"],
    examples: [
      "hindcast search app.hindcast timeout order_77",
      `hindcast search app.hindcast '"connection refused"' --kind log --last 20`,
    ],
  },
  first: {
    summary: "The first write by which a condition on a value holds, in any process unless one is named",
    operand: "condition-in-file",
    required: [],
    optional: ["process", "json"],
    examples: ["hindcast first app.hindcast 'balance < 0'", "hindcast first app.hindcast 'status = failed' --json"],
  },
  growth: {
    summary: "Maps, Sets and arrays of captured state that get more and more entries, those that grow most first",
    operand: "file",
    required: [],
    optional: ["from", "to", "limit", "json"],
    examples: ["hindcast growth app.hindcast", "hindcast growth app.hindcast --from +10s --json"],
  },
  correlate: {
    summary:
      "Metrics that go with a metric, also earlier or later, the surest first, and how likely chance does as much",
    operand: "file",
    required: ["with"],
    optional: ["from", "to", "lag", "limit", "json"],
    examples: [
      "hindcast correlate app.hindcast --with process.cpu.utilization",
      "hindcast correlate app.hindcast --with gateway/v8js.memory.heap.used --lag 30s --json",
    ],
  },
  changes: {
    summary:
      "What is different in a span of time from what it was before (up to four times as long): metrics, routes, log lines, events, state, attributes of spans",
    operand: "file",
    required: ["from", "to"],
    optional: ["against", "limit", "json"],
    examples: [
      "hindcast changes app.hindcast --from +60s --to +75s",
      "hindcast changes app.hindcast --from +2s --to +9s --against after",
    ],
  },
  graph: {
    summary: "Services and what they call: rates, errors, latency",
    operand: "file",
    required: [],
    optional: ["from", "to", "json"],
    examples: ["hindcast graph app.hindcast", "hindcast graph app.hindcast --from +10s --to +20s --json"],
  },
  requests: {
    summary: "Routes that services were asked for: rates, errors, latency; or the requests of one, the slowest first",
    operand: "file",
    required: [],
    optional: ["from", "to", "route", "service", "limit", "json"],
    examples: ["hindcast requests app.hindcast", "hindcast requests app.hindcast --from +10s --service gateway --json"],
  },
  calls: {
    summary:
      "Calls of the program's functions: what they were given, what came of it, and how deep; with --at those under way, with --tree all by how they were reached",
    operand: "file",
    required: [],
    optional: ["from", "to", "function", "at", "steps", "tree", "process", "limit", "json"],
    examples: [
      "hindcast calls app.hindcast --function Cart.add",
      "hindcast calls app.hindcast --function Cart.add --steps",
      "hindcast calls app.hindcast --at +1.5s",
      "hindcast calls app.hindcast --tree --from +1s --to +2s",
    ],
  },
  source: {
    summary:
      "Files of the program whose calls were recorded, and why some were not; the text of one, with how often its functions were called",
    operand: "source-in-file",
    required: [],
    optional: ["json"],
    examples: ["hindcast source app.hindcast", "hindcast source app.hindcast src/cart.ts"],
  },
  around: {
    summary: "The records of every kind nearest to an instant",
    operand: "file",
    required: ["at"],
    optional: ["nearest", "json"],
    examples: ["hindcast around app.hindcast --at +1.5s --nearest 10"],
  },
  marks: {
    summary: "Process starts and ends, gaps and uncaught errors",
    operand: "file",
    required: [],
    optional: ["json"],
    examples: ["hindcast marks app.hindcast"],
  },
  notes: {
    summary: "Notes on a recording: bookmarks, and what somebody wrote about an instant or a stretch of it",
    operand: "file",
    required: [],
    optional: ["add", "at", "to", "label", "author", "markdown", "json"],
    examples: [
      "hindcast notes app.hindcast",
      "hindcast notes app.hindcast --add timeouts --at +20.5s --to +24s --label cause",
      "hindcast notes app.hindcast --markdown > notes.md",
    ],
  },
  alerts: {
    summary:
      "What rules told while a recording was made (hindcast run --rules), which of it goes on, and what people did about it; an alert is named by the beginning of its id",
    operand: "file",
    required: [],
    optional: ["acknowledge", "resolve", "note", "suppress", "for", "unsuppress", "text", "author", "json"],
    examples: [
      "hindcast alerts app.hindcast",
      "hindcast alerts app.hindcast --acknowledge 3f6c02a1",
      "hindcast alerts app.hindcast --note 3f6c02a1 --text deploy",
      "hindcast alerts app.hindcast --suppress rule=memory service=auth --for 30m",
    ],
  },
  validate: {
    summary: "Check files of rules: what is wrong, with file, line and column, and what was meant",
    operand: "files",
    required: [],
    optional: ["json"],
    examples: ["hindcast validate rules/*.rules", "hindcast validate memory.dscr --json"],
  },
  fmt: {
    summary: "Lay out files of rules in one way; what has an error of syntax stays as it is",
    operand: "files",
    required: [],
    optional: ["check"],
    examples: ["hindcast fmt rules/*.rules", "hindcast fmt --check rules/*.rules"],
  },
  backtest: {
    summary:
      "What rules would have done over recordings, by the same evaluation as live: each firing and recovery, and which rules never fired",
    operand: "rules-and-recordings",
    required: [],
    optional: ["from", "to", "expect", "json"],
    examples: [
      "hindcast backtest memory.rules app.hindcast",
      "hindcast backtest memory.rules *.hindcast --json",
      "hindcast backtest memory.rules bank.hindcast --expect bank.truth.jsonl",
    ],
  },
  test: {
    summary:
      "Run cases of rules: records that are made up, or a recording, and what is to fire over them; what differs, with file and line",
    operand: "case-files",
    required: [],
    optional: ["json"],
    examples: ["hindcast test rules/", "hindcast test memory.cases --json"],
  },
  completion: {
    summary: "Print completions for a shell",
    operand: "shell",
    required: [],
    optional: [],
    examples: ["source <(hindcast completion bash)"],
  },
} as const satisfies Record<string, CliCommand>;

export type CommandName = keyof typeof commands;
export const commandNames = Object.keys(commands).filter((name): name is CommandName => Object.hasOwn(commands, name));

export const exitCodes: readonly (readonly [code: string, meaning: string])[] = [
  [
    "0",
    "Done; also when the reader of the output stopped reading, and when Ctrl+C ended `serve`, `open`, `demo` or `attach`.",
  ],
  [
    "1",
    "Failed; standard error says why and what to do next. `validate`: a rule has an error. `fmt`: a file could not be read; with `--check`: it would change. `test`: a case differs, or could not be run.",
  ],
  ["2", "The command line was not understood."],
  ["126, 127", "`run`, `record`: the program could not be started (not executable, not found)."],
  ["any other", "`run`, `record`: the program's own. A program ended by a signal ends hindcast by the same signal."],
];
