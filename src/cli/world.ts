// Everything commands need from outside, put together once in index.ts.
import type { Call } from "../shared/protocol/rpc.js";
import type { StatusLine } from "./status-line.js";
import type { Terminal } from "./terminal.js";

export interface World {
  readonly terminal: Terminal;
  /** What a reading command waits for, where a person sees it. */
  readonly status: StatusLine;
  readonly environment: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly cwd: string;
  /** Any standard stream is a terminal. */
  readonly hasTerminal: boolean;
  readonly isRoot: boolean;
  readonly paths: {
    /** Built entry of the engine's process. */
    readonly engineProcess: string;
    /** Built page, as both hosts serve it. */
    readonly page: string;
    /** Where a host that serves the window is found by those who start later. */
    readonly door: string;
    /** Built main process of the Electron shell. */
    readonly shell: string;
    /** Folder of Hindcast's own package.json. */
    readonly packageFolder: string;
  };
  /** An engine inside this process, for commands that only read. */
  startReader(): Promise<{ readonly call: Call; close(): Promise<void> }>;
}
