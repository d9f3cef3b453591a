// Signals sent to hindcast while a program runs under it. They are the program's: it decides what they mean.
import type { Ending } from "./terminal.js";

const passedOn = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGCONT"] as const;
/** A terminal sends these to the whole foreground group, the program included. */
const sentByTerminals: readonly string[] = ["SIGINT", "SIGQUIT", "SIGHUP"];
const notOnWindows: readonly string[] = ["SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGCONT"];

export interface SignalWatch {
  /** From now on signals go there. Without a receiver they are only remembered. */
  passTo(receiver: ((signal: NodeJS.Signals) => void) | undefined): void;
  /** Settles at the first SIGINT, SIGTERM or SIGHUP, also one that came before. */
  readonly interrupted: Promise<NodeJS.Signals>;
  /** Whether that has come. */
  isInterrupted(): boolean;
  release(): void;
}

/** `hasTerminal`: any of our streams is one, so that Ctrl+C has reached the program already. */
export function watchSignals(hasTerminal: boolean, platform: NodeJS.Platform): SignalWatch {
  let receiver: ((signal: NodeJS.Signals) => void) | undefined;
  let isInterrupted = false;
  let interrupt: (signal: NodeJS.Signals) => void = () => undefined;
  const interrupted = new Promise<NodeJS.Signals>((resolve) => (interrupt = resolve));
  const take = (signal: NodeJS.Signals): void => {
    if (signal === "SIGINT" || signal === "SIGTERM" || signal === "SIGHUP") {
      isInterrupted = true;
      interrupt(signal);
    }
    if (!hasTerminal || !sentByTerminals.includes(signal)) receiver?.(signal);
  };
  const watched = passedOn.filter((signal) => platform !== "win32" || !notOnWindows.includes(signal));
  for (const signal of watched) process.on(signal, take);
  return {
    passTo: (next) => (receiver = next),
    interrupted,
    isInterrupted: () => isInterrupted,
    release: () => {
      for (const signal of watched) process.off(signal, take);
    },
  };
}

const interrupting = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Of a command under which no program runs: the first of them ends it in order, a second one at once. */
export function onInterrupt(listener: (signal: NodeJS.Signals) => void): () => void {
  const release = (): void => {
    for (const signal of interrupting) process.off(signal, take);
  };
  const take = (signal: NodeJS.Signals): void => {
    release();
    listener(signal);
  };
  for (const signal of interrupting) process.on(signal, take);
  return release;
}

/** Leaves the process as the program left: by its code, or by the signal that ended it. */
export function leaveAs(ending: Ending): void {
  if (ending.kind === "code") {
    process.exitCode = ending.code;
    return;
  }
  // For a platform or signal whose default action does not end a process.
  process.exitCode = 1;
  process.kill(process.pid, ending.signal);
}
