// What blocks the event loop, as spans: from when on the loop did not turn until it did. While it does not, the worker has a function
// of ours called in the middle of what blocks, which keeps the stack until the loop turns; a block that goes on for long becomes
// a span then, and so it is there even if it never ends. One that was over before it could be looked at has no stack.
import { blockedKey } from "../../shared/protocol/agent-handle.js";
import type { Attributes } from "../../shared/trace/attributes.js";
import type { Inspector } from "../inspector.js";
import { replaceMethod, together } from "../patch.js";
import { type ProbeKit, clockAt } from "../probe-kit.js";
import type { OpenSpan, SpanParent } from "../record-sink.js";
import { type RingMemory, control, inspecting, stackMissing } from "../ring.js";
import { type SeenStack, sitesHere, stackBelow } from "../stack-frames.js";
import type { LoopBeat, Turn } from "./loop-beat.js";

export const blockSpanName = "nodejs.eventloop.block";

/** Of a block that goes on for long. */
const laterStack = "nodejs.eventloop.block.stack";

/** What was running when the worker asked, not yet recorded. */
interface Seen {
  readonly attributes: Attributes;
  readonly parent: SpanParent;
}

/** Of the console, those in which V8 fills a template. */
const formattingMethods = ["log", "info", "warn", "error", "debug", "trace", "group", "groupCollapsed", "assert"];
/** The worker looks every 25 ms or more often; one that was there for less than this share of the time stood still, too. */
const leastPollsPerMs = 1 / 100;
/** What the worker is asked to wait when the agent is in the middle of something. */
const soonMs = 5;
const mostLeaveMs = 2000;

interface BlockSettings {
  readonly blockMs: number;
  /** Of the agent's own files. */
  readonly folder: string;
  /** Whether the worker may ask by the inspector. */
  readonly hasStacks?: boolean;
}

export class LoopBlocks {
  readonly #kit: ProbeKit;
  readonly #words: Int32Array;
  readonly #blockMs: number;
  readonly #inspector: Inspector | undefined;
  #beat: LoopBeat | undefined;
  readonly #folder: string;
  readonly #hasStacks: boolean;
  #open: OpenSpan | undefined;
  #seen: Seen | undefined;
  /** Sessions of the program's own that are connected. */
  #sessions = 0;

  constructor(
    kit: ProbeKit,
    memory: RingMemory,
    { blockMs, folder, hasStacks = true }: BlockSettings,
    inspector: Inspector | undefined,
  ) {
    this.#kit = kit;
    this.#words = memory.control;
    this.#blockMs = blockMs;
    this.#folder = folder;
    this.#hasStacks = hasStacks;
    this.#inspector = inspector;
  }

  install(beat: LoopBeat): () => void {
    this.#beat = beat;
    const releases = [() => this.closeInspector()];
    this.guardInspector();
    const { guest } = this.#kit;
    const key = Symbol.for(blockedKey);
    const onBlocked = (isToRecord: unknown): number =>
      guest.runAsGuest(() => this.#blocked(isToRecord === true), soonMs);
    Object.defineProperty(globalThis, key, {
      value: onBlocked,
      configurable: true,
      enumerable: false,
      writable: false,
    });
    releases.push(() => void Reflect.deleteProperty(globalThis, key));
    if (this.#inspector !== undefined) releases.push(this.#countSessions(this.#inspector));
    if (this.#inspector !== undefined && this.#blockMs > 0 && this.#hasStacks) releases.push(this.#guardConsole());
    return together(releases);
  }

  /** At each beat: what has gone on until now. */
  turned(turn: Turn): void {
    const [open, seen] = [this.#open, this.#seen];
    this.#open = this.#seen = undefined;
    if (open !== undefined)
      return this.#kit.sink.endSpan(open, "unset", undefined, {}, clockAt(this.#kit, turn.untilMs));
    if (turn.untilMs - turn.sinceMs < this.#blockMs || this.#blockMs === 0) return;
    if (this.#stoodStill(turn) || this.#isInspected) return;
    const span = this.#begin(turn, seen?.parent ?? { kind: "none" }, seen?.attributes ?? this.#whyNoStack());
    this.#kit.sink.endSpan(span, "unset", undefined, {}, clockAt(this.#kit, turn.untilMs));
  }

  /** The program ends: the block that goes on does so, too. */
  finish(): void {
    const turn = this.#beat?.currentTurn;
    if (turn !== undefined) this.turned(turn);
  }

  /** From time to time: a debugger that came, or a session of the program's own, has the inspector for itself. */
  guardInspector(): void {
    const [from, to] = this.#isInspected ? [inspecting.free, inspecting.closed] : [inspecting.closed, inspecting.free];
    Atomics.compareExchange(this.#words, control.inspecting, from, to);
  }

  /** For good. Returns when the worker's session is closed: Node would wait for it at the end of the program. */
  closeInspector(): void {
    const words = this.#words;
    const { now } = this.#kit.guest.originals;
    const untilMs = now() + mostLeaveMs;
    Atomics.compareExchange(words, control.inspecting, inspecting.free, inspecting.closed);
    Atomics.compareExchange(words, control.inspecting, inspecting.worker, inspecting.leave);
    // In steps: what the worker asks of this thread is done between them.
    while (Atomics.load(words, control.inspecting) === inspecting.leave && now() < untilMs)
      Atomics.wait(words, control.inspecting, inspecting.leave, 1);
  }

  get #isInspected(): boolean {
    return this.#sessions > 0 || this.#inspector?.url() !== undefined;
  }

  /**
   * Called by the worker's wish in the middle of anything, a regular expression among it: see stack-frames.ts. 0: that was it; else
   * in how many milliseconds it should ask again.
   */
  #blocked(isToRecord: boolean): number {
    const turn = this.#beat?.currentTurn;
    if (turn === undefined || this.#isInspected) return 0;
    const forMs = turn.untilMs - turn.sinceMs;
    if (forMs < this.#blockMs) return Math.ceil(this.#blockMs - forMs);
    if (this.#stoodStill(turn)) return 0;
    const stack = stackBelow(sitesHere(), this.#folder);
    if (stack === undefined) return soonMs;
    const attributes = attributesOf(stack, forMs);
    const { context, sink } = this.#kit;
    this.#seen ??= { attributes, parent: context.asParent };
    if (isToRecord) sink.plainly(() => this.#record(turn, attributes));
    return 0;
  }

  /** It may never be over. */
  #record(turn: Turn, attributes: Attributes): void {
    const { attributes: first, parent } = this.#seen ?? { attributes, parent: { kind: "none" } };
    this.#open ??= this.#begin(turn, parent, first);
    if (first !== attributes) this.#kit.sink.event(laterStack, attributes, this.#open);
  }

  #begin({ sinceMs }: Turn, parent: SpanParent, attributes: Attributes): OpenSpan {
    return this.#kit.sink.startSpan(blockSpanName, "internal", parent, attributes, clockAt(this.#kit, sinceMs), {
      isSeenToEnd: true,
    });
  }

  #whyNoStack(): Attributes {
    const why = Atomics.load(this.#words, control.stackMissing);
    if (why === stackMissing.unavailable || !this.#hasStacks) return { "hindcast.stack.missing": "unavailable" };
    Atomics.compareExchange(this.#words, control.stackMissing, stackMissing.limit, stackMissing.none);
    if (why === stackMissing.limit) return { "hindcast.stack.missing": "limit" };
    return { "hindcast.stack.missing": "over" };
  }

  /** The worker, too: the program was suspended. One that was not there yet says nothing. */
  #stoodStill({ sinceMs, untilMs, polls }: Turn): boolean {
    return Atomics.load(this.#words, control.polls) > polls && polls < (untilMs - sinceMs) * leastPollsPerMs;
  }

  /**
   * While a session is open Node calls V8's console besides its own, which puts values into words by the program's own
   * `toString`: none is open while the program writes to its console.
   */
  #guardConsole(): () => void {
    const guarded = (method: string): (() => void) =>
      replaceMethod(console, method, (original) => {
        const blocks = this;
        return function (...args) {
          const isOurs = blocks.#keepInspectorOut();
          try {
            return Reflect.apply(original, this, args);
          } finally {
            if (isOurs) Atomics.compareExchange(blocks.#words, control.inspecting, inspecting.closed, inspecting.free);
          }
        };
      });
    return together(formattingMethods.map(guarded));
  }

  /** False where somebody keeps it out already, or for good. */
  #keepInspectorOut(): boolean {
    const words = this.#words;
    const was = Atomics.compareExchange(words, control.inspecting, inspecting.free, inspecting.closed);
    if (was === inspecting.worker) this.closeInspector();
    return was === inspecting.free || was === inspecting.worker;
  }

  #countSessions({ Session }: Inspector): () => void {
    const counted = (method: string, change: number): (() => void) =>
      replaceMethod(Session.prototype, method, (original) => {
        const blocks = this;
        return function (...args) {
          const result = Reflect.apply(original, this, args);
          blocks.#sessions = Math.max(0, blocks.#sessions + change);
          blocks.guardInspector();
          return result;
        };
      });
    return together([counted("connect", 1), counted("disconnect", -1)]);
  }
}

function attributesOf({ text, place }: SeenStack, forMs: number): Attributes {
  const { functionName, file, line, column } = place;
  return {
    "hindcast.stack.after": forMs / 1000,
    ...(functionName === "" ? {} : { "code.function.name": functionName }),
    "code.file.path": file,
    "code.line.number": line,
    "code.column.number": column,
    "code.stacktrace": text,
  };
}
