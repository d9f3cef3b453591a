// Stops the program's thread for a moment, from the agent's worker, to see where it is: by the inspector, which also reaches a
// thread that does not come back to its event loop. While it stands it is told what was seen, and records that itself.
// Invariant: no session is open when the program ends, since Node would then wait for a debugger to go (`inspecting`).
import type { Debugger, Session } from "node:inspector";
import { fileURLToPath } from "node:url";
import { blockedKey } from "../shared/protocol/agent-handle.js";
import { nodeInspector } from "./inspector.js";
import { control, inspecting, stackMissing } from "./ring.js";

const mostFrames = 64;
/**
 * The agent itself was at work, which must not be met in the middle of a record, or Node alone, in between what blocked and
 * what comes next: a few times, so many milliseconds later.
 */
const mostAttempts = 6;
const soonMs = 5;
/** A thread that is in native code for so long is left alone; it stops at its next line of JavaScript otherwise. */
const mostOpenMs = 10_000;

interface Frame {
  readonly functionName: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export class BlockStack {
  readonly #control: Int32Array;
  /** Of the agent's own files. */
  readonly #folder: string;
  readonly #inspector = nodeInspector();
  #session: Session | undefined;
  #openedMs = 0;
  #attempts = 0;
  #isStillBlocked: () => boolean = () => false;
  #wasTold = false;

  constructor(words: Int32Array, folder: string) {
    this.#control = words;
    this.#folder = folder;
  }

  /** Whether the program's thread was told of what it stood in. */
  get wasTold(): boolean {
    return this.#wasTold;
  }

  get isOpen(): boolean {
    return this.#session !== undefined;
  }

  /** Begins to look, unless the program or a debugger uses the inspector. */
  take(nowMs: number, isStillBlocked: () => boolean): void {
    if (
      Atomics.compareExchange(this.#control, control.inspecting, inspecting.free, inspecting.worker) !== inspecting.free
    )
      return;
    [this.#openedMs, this.#attempts, this.#isStillBlocked] = [nowMs, 0, isStillBlocked];
    this.#wasTold = false;
    try {
      if (this.#inspector === undefined) throw new Error("no inspector");
      const session = new this.#inspector.Session();
      session.connectToMainThread();
      this.#session = session;
      const files = new Map<string, string>();
      session.on("Debugger.scriptParsed", ({ params }) => void files.set(params.scriptId, fileOf(params.url)));
      session.on("Debugger.paused", ({ params }) => {
        this.#seen(params.callFrames.slice(0, mostFrames).map((frame) => frameOf(frame, files)));
      });
      session.post("Debugger.enable", { maxScriptsCacheSize: 0 });
      session.post("Debugger.pause");
    } catch {
      // Node was built without it, or the program may not use it: neither will change.
      Atomics.store(this.#control, control.stackMissing, stackMissing.unavailable);
      this.leave();
    }
  }

  /** Asked at each poll while it is open. */
  look(nowMs: number): void {
    const isAskedToLeave = Atomics.load(this.#control, control.inspecting) === inspecting.leave;
    if (isAskedToLeave || nowMs - this.#openedMs > mostOpenMs) this.leave();
  }

  leave(): void {
    const session = this.#session;
    this.#session = undefined;
    try {
      session?.disconnect();
    } finally {
      const was = Atomics.compareExchange(this.#control, control.inspecting, inspecting.worker, inspecting.free);
      if (was === inspecting.leave) Atomics.store(this.#control, control.inspecting, inspecting.closed);
      Atomics.notify(this.#control, control.inspecting);
    }
  }

  #seen(frames: readonly Frame[]): void {
    const session = this.#session;
    if (session === undefined) return;
    const own = frames.findIndex(({ file }) => !file.startsWith("node:"));
    if (own < 0 || frames[own]?.file.startsWith(this.#folder) === true) {
      session.post("Debugger.resume");
      return this.#again(soonMs);
    }
    session.post(
      "Runtime.evaluate",
      { expression: callOf(frames, own), silent: true, returnByValue: true },
      (error, told) => {
        session.post("Debugger.resume");
        const again: unknown = error === null ? told.result.value : 0;
        if (typeof again === "number" && again > 0) this.#again(again);
        else {
          this.#wasTold = error === null;
          this.leave();
        }
      },
    );
  }

  #again(inMs: number): void {
    if (++this.#attempts >= mostAttempts) return this.leave();
    const session = this.#session;
    setTimeout(() => {
      if (session === undefined || session !== this.#session) return;
      if (this.#isStillBlocked()) session.post("Debugger.pause");
      else this.leave();
    }, inMs);
  }
}

function frameOf({ functionName, location }: Debugger.CallFrame, files: ReadonlyMap<string, string>): Frame {
  const { scriptId, lineNumber, columnNumber = 0 } = location;
  return { functionName, file: files.get(scriptId) ?? "", line: lineNumber + 1, column: columnNumber + 1 };
}

function fileOf(url: string): string {
  try {
    return url.startsWith("file:") ? fileURLToPath(url) : url;
  } catch {
    return url;
  }
}

/** As Node prints the stack of an error. */
function lineOf({ functionName, file, line, column }: Frame): string {
  const place = `${file === "" ? "<anonymous>" : file}:${line}:${column}`;
  return functionName === "" ? `    at ${place}` : `    at ${functionName} (${place})`;
}

/** What is run in the program's thread: a function of the agent's, given the stack and the innermost place that is not Node's. */
function callOf(frames: readonly Frame[], own: number): string {
  const place = frames[own] ?? frames[0];
  const given = [
    frames.map(lineOf).join("\n"),
    place?.functionName ?? "",
    place?.file ?? "",
    place?.line ?? 0,
    place?.column ?? 0,
  ];
  return `globalThis[Symbol.for(${JSON.stringify(blockedKey)})]?.(${given.map((part) => JSON.stringify(part)).join()})`;
}
