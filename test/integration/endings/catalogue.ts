// The ways a program may end that docs/protocol.md speaks of, one row of its table each.

/** What must be in the recording: every number, or every number from before the program's pause. */
export type Promised = "everything" | "all but the last moment" | "everything until the recording ends";

/** What is done to the program from outside once it is ready. */
export type Act =
  | { readonly kind: "none" }
  /** To `hindcast record`, or to the program where it runs without. */
  | { readonly kind: "signal"; readonly signal: NodeJS.Signals }
  | { readonly kind: "kill program" }
  | { readonly kind: "kill host" }
  | { readonly kind: "parent dies" }
  | { readonly kind: "attach debugger" };

export interface Ending {
  /** The first argument of program.cjs. */
  readonly name: string;
  /** As the table says it. */
  readonly title: string;
  readonly promised: Promised;
  readonly act: Act;
  readonly nodeOptions: readonly string[];
  readonly script: "program.cjs" | "unsettled.mjs";
  /** Compared without what differs between any two runs. */
  readonly comparedErrors: "whole" | "without Node's frames" | "fatal line";
  /** Another ending goes nearly the same way, so that the gate leaves it to the night, or the same way: to the full run. */
  readonly triedIn: "gate" | "night" | "full run";
}

type Details = Partial<Omit<Ending, "title">>;

const ending = (name: string, title: string, details: Details = {}): Ending => ({
  name,
  title,
  promised: "everything",
  act: { kind: "none" },
  nodeOptions: [],
  script: "program.cjs",
  comparedErrors: "whole",
  triedIn: "gate",
  ...details,
});

const lastMoment: Details = { promised: "all but the last moment" };
const [night, variant]: readonly [Details, Details] = [{ triedIn: "night" }, { triedIn: "full run" }];
/** Node's loader or messaging is in the stack, with the agent's part in loading a file. */
const fromNode: Details = { comparedErrors: "without Node's frames" };
const signalled = (signal: NodeJS.Signals, triedIn: Ending["triedIn"]): Ending =>
  ending("wait", `${signal} from outside, not handled`, { ...lastMoment, act: { kind: "signal", signal }, triedIn });
const handled = (signal: NodeJS.Signals, triedIn: Ending["triedIn"]): Ending =>
  ending(`handle-${signal}`, `${signal}, whose own handler calls \`process.exit(5)\``, {
    act: { kind: "signal", signal },
    triedIn,
  });
const rejecting = (mode: string): Ending =>
  ending("reject", `unhandled rejection, \`--unhandled-rejections=${mode}\``, {
    ...fromNode,
    triedIn: mode === "warn" ? "gate" : "full run",
    nodeOptions: [`--unhandled-rejections=${mode}`],
  });

export const endings: readonly Ending[] = [
  ending("return", "nothing left to do"),
  ending("exit-code", "nothing left to do, with `process.exitCode = 4`", variant),
  ending("unsettled", "top-level `await` that never settles", { script: "unsettled.mjs" }),
  ending("before-exit", "`beforeExit` listeners that find more to do", night),
  ending("exit-listener", "`exit` listeners", variant),
  ending("exit", "`process.exit(3)`", variant),
  ending("exit-in-exit-listener", "`process.exit(7)` in an `exit` listener", night),
  ending("blocked", "`process.exit(3)` after the event loop was blocked", night),
  ending("really-exit", "`process.reallyExit(6)`"),
  ending("worker-exit", "`process.exit(9)` in a worker thread, then nothing left to do"),
  ending("return", "nothing left to do, with a debugger attached", {
    act: { kind: "attach debugger" },
    // It waits, or it may have ended before the debugger is there.
    nodeOptions: ["--inspect-brk=127.0.0.1:0"],
  }),
  ending("throw", "uncaught exception"),
  ending("throw-at-top", "uncaught exception while modules load", { ...fromNode, ...night }),
  ending("throw-no-error", 'uncaught `throw "text"`', variant),
  ending("throw-in-exit-listener", "exception in an `exit` listener", night),
  ending("throw-handled", "`uncaughtException` listener that calls `process.exit(8)`", night),
  ending("double-fault", "exception in an `uncaughtException` listener", lastMoment),
  ending("stack-overflow", "stack overflow"),
  ending("worker-throw", "uncaught exception in a worker thread", fromNode),
  ending("reject", "unhandled rejection", fromNode),
  rejecting("strict"),
  rejecting("warn"),
  rejecting("warn-with-error-code"),
  rejecting("none"),
  ending("reject-handled", "`unhandledRejection` listener that sets `process.exitCode = 9`", night),
  ending("abort", "`process.abort()`"),
  ending("kill-self", "SIGTERM sent by the program to itself, not handled", night),
  ending("kill-self-9", "SIGKILL sent by the program to itself", variant),
  ending("kill-self-handled", "SIGTERM, whose handler sends it again"),
  handled("SIGTERM", "gate"),
  handled("SIGINT", "full run"),
  handled("SIGHUP", "full run"),
  signalled("SIGTERM", "gate"),
  signalled("SIGINT", "full run"),
  signalled("SIGHUP", "full run"),
  signalled("SIGQUIT", "full run"),
  signalled("SIGUSR2", "full run"),
  ending("wait", "SIGKILL from outside", { ...lastMoment, act: { kind: "kill program" } }),
  ending("blocked-for-ever", "SIGKILL from outside while the event loop is blocked", {
    ...lastMoment,
    act: { kind: "kill program" },
  }),
  ending("out-of-memory", "out of memory", {
    ...lastMoment,
    nodeOptions: ["--max-old-space-size=40"],
    comparedErrors: "fatal line",
  }),
  ending("goes-on", "goes on when the shell that started it is killed", {
    promised: "everything until the recording ends",
    act: { kind: "parent dies" },
  }),
  ending("goes-on", "goes on when `hindcast record` is killed", {
    act: { kind: "kill host" },
  }),
];
