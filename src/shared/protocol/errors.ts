// The catalogue of everything that can go wrong for a user: a stable code, one sentence, the next step.
// Command line, window and docs/errors.md render the same entry; `{name}` is filled from the error's details.

interface CatalogueEntry {
  readonly message: string;
  readonly next: string;
}

const catalogue = {
  "not-a-recording": {
    message: "{path} is not a Hindcast recording.",
    next: "Make one: hindcast record -o app.hindcast -- node app.js",
  },
  "no-such-file": {
    message: "There is no file {path}.",
    next: "Check the path; hindcast open without a file lists recent recordings.",
  },
  "is-a-folder": {
    message: "{path} is a folder; a recording is one file.",
    next: "Choose the .hindcast file in it. Parquet files that were exported into a folder are for other tools.",
  },
  "no-such-folder": { message: "There is no folder {path}.", next: "Check the path, or create the folder first." },
  "file-exists": { message: "{path} exists already.", next: "Choose another name with -o, or delete it." },
  "newer-format": {
    message: "{path} was made by a newer Hindcast (format {found}; this one reads up to {newest}).",
    next: "Update Hindcast, then open the file again.",
  },
  "damaged-recording": {
    message: "{path} is damaged: {reason}.",
    next: "Copy it again from where it was recorded: whole, and with the .wal beside it if there is one. Keep this one.",
  },
  "recording-in-use": {
    message: "{path} is open in another process.",
    next: "Close it there. What another Hindcast records can be read meanwhile, by the same version and the same user.",
  },
  "recorded-elsewhere": {
    message: "{path} is recorded by another process, where it can only be read from here.",
    next: "Do that where it is recorded: in its window, or in the terminal that it was started in.",
  },
  "recorder-gone": {
    message: "Whoever recorded {path} is gone.",
    next: "What was recorded is opened again by itself; what is shown may be out of date.",
  },
  "cannot-write": {
    message: "{path} cannot be written: {reason}.",
    next: "Choose another place with -o, or free some space.",
  },
  "disk-full": {
    message: "There is no room left on the disk of {path}.",
    next: "Free some space: a recording under way goes on by itself then. Or choose another disk, and try again.",
  },
  "disk-nearly-full": {
    message: "The disk of {path} is nearly full: {free} left.",
    next: "Free some space; with --max-size or --max-age the oldest makes room. Nothing is lost so far.",
  },
  "recording-over-limit": {
    message:
      "{path} is larger than its limit of {limit}: what is pinned, and the state of what it keeps, does not fit.",
    next: "Everything else is evicted; record with a larger --max-size.",
  },
  "state-too-large": {
    message:
      "{path} keeps every change of the state of process {process}: that state is too large to be written down at once.",
    next: "Nothing is lost and recording goes on, but the file grows. Track less with track(), or record without limits.",
  },
  evicted: {
    message: "What {process} was then is not kept any more: it was evicted to keep the recording within its limits.",
    next: "Its state is known from {since} on; record with a larger --max-age or --max-size.",
  },
  "stretch-evicted": {
    message:
      "Nothing of that stretch is kept any more: until {since} it was evicted to keep the recording within its limits.",
    next: "Choose a later stretch. What is pinned stays; or record with a larger --max-age or --max-size.",
  },
  "no-such-pin": { message: "The recording has no pin {pin}.", next: "hindcast info FILE lists what is pinned." },
  "recording-vanished": {
    message: "{path} is gone: it was removed, or its disk was, while it was recorded.",
    next: "While it is still recorded, save a copy from the window; otherwise record again, onto a disk that stays.",
  },
  "nothing-recorded": {
    message: "{path} is empty: no Node.js process of the command connected.",
    next: "Record a command that starts Node.js 18.19 or newer; under its permission model it needs --allow-worker and leave to read Hindcast's folder.",
  },
  "children-not-recorded": {
    message: "{path} is not whole: {children}.",
    next: "hindcast marks FILE names them. Let a child inherit NODE_OPTIONS and HINDCAST_SOCKET; HINDCAST=off in its environment says that it is meant so.",
  },
  "records-missing": {
    message: "{path} lacks {lost} of its records: {reasons}.",
    next: "Marks in the recording show where. --buffer, --backlog and --spill keep more; with --overflow block the program waits.",
  },
  "secrets-in-export": {
    message: "{count} places in what is to be exported look like secrets: {kinds}.",
    next: "--dry-run says where. --redact-secrets takes them out of what is written, with --yes they leave as they are.",
  },
  "bad-note": {
    message: "That note cannot be kept: {reason}.",
    next: "hindcast notes FILE lists the notes there are.",
  },
  "bad-alert": {
    message: "That cannot be done to the alert: {reason}.",
    next: "hindcast alerts FILE lists the alerts there are.",
  },
  "bad-truth": {
    message: "{path} does not say what went wrong: {reason}.",
    next: "Name a file of JSON lines with kind, from and to (epoch nanoseconds, as texts), as docs/ledger.md describes it.",
  },
  "bad-rules": {
    message: "These rules cannot be evaluated: {reason}.",
    next: "hindcast validate FILES says all that is wrong in them.",
  },
  "recording-closed": { message: "That recording is no longer open.", next: "Open it again." },
  "recording-not-live": { message: "That recording is not being recorded.", next: "Start a new recording." },
  "no-such-source": {
    message: "The recording has no source {path}.",
    next: "hindcast source FILE lists those it has: files whose calls were recorded (--level calls).",
  },
  "no-such-process": {
    message: "The recording has no process {process}.",
    next: "hindcast info FILE lists the processes.",
  },
  "ambiguous-process": {
    message: "More than one process has {what}: {processes}.",
    next: "Name one by its number with --process.",
  },
  "no-such-scope": {
    message: "There is no state called {scope} in this recording.",
    next: "Known: {known}. State appears when the program calls track(name, value), or with --state.",
  },
  "no-such-path": {
    message: "{path} names nothing in {scope} at any time.",
    next: "hindcast state FILE --scope {scope} --at TIME shows what there is.",
  },
  "no-such-path-kept": {
    message: "{path} names nothing in {scope} in what is kept; it may have been evicted.",
    next: "State is known from {since} on: hindcast state FILE --scope {scope} --at TIME shows what there is.",
  },
  "bad-path": {
    message: "{path} is not a path: {reason}.",
    next: 'Write accounts.acc_1.balance, entries[0] or headers["x-id"].',
  },
  "bad-time": {
    message: "{text} is not a time.",
    next: "Write epoch nanoseconds, an ISO time, or +1.5s from the recording's start.",
  },
  "bad-condition": {
    message: "`{text}` is no condition on a value.",
    next: "Name a value and compare it: balance < 0, status = failed, retries >= 3.",
  },
  "bad-pattern": {
    message: "{pattern} is not a regular expression: {reason}.",
    next: "Write a backslash before characters that stand for themselves: \\( \\[ \\. \\* \\+ \\?",
  },
  "bad-usage": { message: "{reason}.", next: "hindcast --help shows every command and option." },
  "bad-config": {
    message: "The pipeline is not right: {reason}.",
    next: "docs/pipeline.md says what a stage may look like.",
  },
  "unreadable-rules": {
    message: "{path} cannot be read: {reason}.",
    next: "Name files of rules: text, as docs/rules.md describes it.",
  },
  "no-rule-file": {
    message: "There is no file of rules called {name}.",
    next: "It may have been renamed or removed: the list shows what there is.",
  },
  "rule-file-exists": {
    message: "There is a file of rules called {name} already.",
    next: "Choose another name, or open that file.",
  },
  "rule-file-changed": {
    message: "{name} was changed elsewhere since it was read.",
    next: "Look at what changed, then save over it or take that version.",
  },
  "no-such-rule": {
    message: "No rule here is called {rule}, or it has an error.",
    next: "Correct what is underlined; then it can be explained.",
  },
  "unreadable-config": {
    message: "{path} could not be read: {reason}.",
    next: "A hindcast.config file exports { pipeline: [...] }; docs/pipeline.md has examples.",
  },
  "config-not-used": {
    message: "{path} is not used, so everything is recorded as it is: {reason}.",
    next: "Correct and save it: it is read again while the program runs. docs/pipeline.md says what it may look like.",
  },
  "command-not-found": { message: "{command} could not be started: {reason}.", next: "Check the command after --." },
  "no-console": {
    message: "This recording has no console: its program was not started from here.",
    next: "Start it from the welcome page, or by hindcast run in a terminal.",
  },
  "program-not-running": {
    message: "The program has ended.",
    next: "Restart it: that makes a new recording.",
  },
  "input-too-long": {
    message: "{bytes} bytes are more than a program takes at once ({most}).",
    next: "Send it in several lines.",
  },
  "input-not-taken": {
    message: "The program does not read its standard input, so there is no room for more.",
    next: "Try again when it reads.",
  },
  "cannot-restart": {
    message: "What this recording was started with is not known any more.",
    next: "Start the program from the welcome page.",
  },
  "no-such-launch": {
    message: "There is no such saved configuration any more.",
    next: "It was deleted; save it anew under a name.",
  },
  "not-a-recorded-place": {
    message: "The recording names no place in {path}.",
    next: "Only places that a recording itself holds are opened in an editor.",
  },
  "source-missing": {
    message: "There is no file {path} on this machine.",
    next: "The program was recorded elsewhere, or was built since. Copy the place, and look for it where its source is.",
  },
  "no-editor": {
    message: "{editor} was not found on this machine.",
    next: "Choose another editor in the window's settings, or put its command on the PATH that Hindcast was started with.",
  },
  "editor-failed": {
    message: "{editor} could not be started: {reason}.",
    next: "Choose another editor in the window's settings.",
  },
  "bad-package-json": {
    message: "{path} cannot be read: {reason}.",
    next: "Correct it, or type a command.",
  },
  "no-such-program": {
    message: "There is no {target} that runs.",
    next: "hindcast attach, without a process, lists the Node.js programs that can be attached to.",
  },
  "not-a-node-program": {
    message: "{target} is no Node.js program: {reason}.",
    next: "hindcast attach, without a process, lists the Node.js programs that can be attached to.",
  },
  "not-your-program": {
    message: "{target} is not yours: it runs as another user.",
    next: "Run Hindcast as the user that the program runs as.",
  },
  "not-on-this-machine": {
    message: "{target} is not on this machine: a program is recorded where Hindcast runs.",
    next: "Run hindcast attach on the program's own machine, and open the file here.",
  },
  "not-among-us": {
    message: "{target} runs in a container of its own and cannot see Hindcast's files.",
    next: "Run hindcast attach inside the same container.",
  },
  "program-stopped": {
    message: "{target} stands still (it was stopped by a signal, or by a debugger).",
    next: "Let it go on (kill -CONT PID), then attach again.",
  },
  "program-busy": {
    message:
      "{target} did not let Hindcast in within {seconds} s: it computes without a pause, or stands in a debugger.",
    next: "Nothing was changed in it. Attach again when it answers.",
  },
  "program-ended": { message: "{target} ended while it was being attached to.", next: "Start it again, then attach." },
  "already-recorded": {
    message: "{target} is being recorded already.",
    next: "End that recording first, or look at it where it is shown.",
  },
  "signal-is-its-own": {
    message: "{target} handles SIGUSR1 itself, by which its inspector would be opened.",
    next: "Start it with node --inspect=127.0.0.1:0, which needs no signal; then attach again.",
  },
  "signal-would-end-it": {
    message: "{target} does not expect SIGUSR1: it would end by it.",
    next: "Start it with node --inspect=127.0.0.1:0, which needs no signal; then attach again.",
  },
  "signal-unsure": {
    message: "Nobody can tell whether {target} handles SIGUSR1 itself: {reason}.",
    next: "If you know that it does not, attach with --signal; or start it with node --inspect=127.0.0.1:0.",
  },
  "inspector-port-taken": {
    message: "{target} would open its inspector at port {port}, which is taken.",
    next: "End what listens there, or start the program with --inspect-port=0; then attach again.",
  },
  "no-inspector": {
    message: "{target} has no inspector: {reason}.",
    next: "Start the program with node --inspect=127.0.0.1:0, then attach again.",
  },
  "bad-inspector": {
    message: "What {target} answers is not what an inspector of Node.js says: {reason}.",
    next: "Check the address: hindcast attach, without a process, lists the programs that run.",
  },
  "cannot-attach": {
    message: "The recorder could not be started in {target}: {reason}.",
    next: "Nothing was changed in it. Under Node's permission model it needs --allow-worker, and leave to read Hindcast's folder.",
  },
  "bad-tracked": {
    message: "{name} cannot be tracked: {reason}.",
    next: "Name something that globals lead to, and that is read without calling anything: --track carts=globalThis.carts",
  },
  "bad-token": {
    message: "This address needs the one-time link that hindcast serve printed.",
    next: "Start hindcast serve again and open the new link.",
  },
  "bad-request": {
    message: "The request was not understood: {reason}.",
    next: "Reload the page; if it stays, report it with this sentence.",
  },
  "engine-lost": {
    message: "The engine stopped unexpectedly.",
    next: "Reload to start it again; whatever was recorded is kept in its file.",
  },
  "engine-crashed": {
    message: "The engine stopped {times} times in a row and is not started again.",
    next: "Start Hindcast again; whatever was recorded is kept in its file. If it stays, report what the engine printed.",
  },
  "engine-silent": {
    message: "{path} was not brought to its end: the engine has given no sign of life for {seconds} seconds.",
    next: "What was written by then stays in the file: hindcast open {path}",
  },
  "wire-version": {
    message: "The program's agent speaks version {found}, this Hindcast {wanted}.",
    next: "Start the program again under this Hindcast.",
  },
  "port-in-use": { message: "Port {port} is taken.", next: "Choose another with --port, or leave it out." },
  "no-browser": { message: "No Chromium was found for the browser tests.", next: "Run: npm test -- --install" },
  cancelled: { message: "Cancelled.", next: "Start it again when you need it." },
  internal: { message: "Hindcast failed: {reason}.", next: "Report it with this sentence and the steps before it." },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof catalogue;
export const errorCodes = Object.keys(catalogue).filter(isErrorCode);

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(catalogue, code);
}

export interface HindcastError {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, string>>;
}

export const hindcastError = (code: ErrorCode, details: Readonly<Record<string, string>> = {}): HindcastError => ({
  code,
  details,
});

export interface Explanation {
  readonly message: string;
  readonly next: string;
}

/** The sentence and the next step, with the error's details filled in; and what was lost by it, where that is known. */
export function explain(error: HindcastError): Explanation {
  const fill = (sentence: string) => sentence.replace(/\{(\w+)\}/g, (_, name: string) => error.details[name] ?? "?");
  const entry = catalogue[error.code];
  const lost = "notKept" in error.details ? ` Of what came since, {notKept} records were not kept.` : "";
  return { message: fill(entry.message + lost), next: fill(entry.next) };
}
