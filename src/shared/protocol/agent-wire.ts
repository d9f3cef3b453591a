// Frames between an agent and the engine on a local socket: u32 body length, u8 type, body.
// Control bodies are JSON. A batch body is a u32 batch number, the f64 last seq the program had given when the batch was
// sent, then records (agent-records.ts).
//   agent → engine: hello, batch …, clock …, child-ended …, bye
//   engine → agent: welcome | refused, ack …, clock? …, detach?, configure …
import * as v from "valibot";
import { captureLevels } from "../trace/attributes.js";
import { MalformedBytes } from "./bytes.js";
import { pipelineStages } from "./pipeline-stages.js";

export const wireVersion = 5;
/** A peer that announces more than this is cut off. */
export const maxFrameBytes = 64 * 1024 * 1024;

const frameHeaderBytes = 5;

export const frameTypes = {
  hello: 1,
  batch: 2,
  bye: 3,
  clock: 4,
  childEnded: 5,
  welcome: 16,
  refused: 17,
  ack: 18,
  askClock: 19,
  detach: 20,
  configure: 21,
} as const;

const text = v.pipe(v.string(), v.maxLength(65_536));

/** In the socket's folder: the frames that an agent could not send before its program ended, hello first and bye last. */
export const leftFileName = (runId: string): string => `left-${runId}`;
export const isLeftFileName = (name: string): boolean => /^left-[0-9a-f]{32}$/.test(name);

/** What is given up when records come faster than they can be kept. */
export const overflowPolicies = ["drop-newest", "drop-oldest", "block"] as const;
export type OverflowPolicy = (typeof overflowPolicies)[number];

const megabyte = 1e6;
const bytesUpTo = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

const mostRingBytes = 2 ** 30;
/** What a ring of so many bytes may grow to while it is full. */
export const grownRingBytes = (ringBytes: number): number => Math.min(mostRingBytes, 4 * ringBytes);

/** How much the agent may keep, and what it does when that is full. */
export const deliverySettings = v.object({
  /** Between the program's thread and the worker. */
  ringBytes: bytesUpTo(megabyte, mostRingBytes),
  overflow: v.picklist(overflowPolicies),
  /** In memory, of what the engine has not acknowledged. */
  backlogBytes: bytesUpTo(megabyte, 2 ** 32),
  /** On disk, of what finds no room in memory while the engine is away; 0: nothing. */
  spillBytes: bytesUpTo(0, 2 ** 40),
});
export type DeliverySettings = v.InferOutput<typeof deliverySettings>;

export const defaultDelivery: DeliverySettings = {
  ringBytes: 16 * megabyte,
  overflow: "drop-newest",
  backlogBytes: 128 * megabyte,
  spillBytes: 0,
};

/**
 * What a program may leave behind whole, in bytes, for an engine that takes nothing at its end. Where it rather waits than loses
 * records it loses none at its end either: all that memory may hold of them.
 */
export const leftWholeBytes = ({ overflow, ringBytes, backlogBytes, spillBytes }: DeliverySettings): number =>
  spillBytes + (overflow === "block" ? backlogBytes + grownRingBytes(ringBytes) : 0);

export const redactionSettings = v.object({
  enabled: v.boolean(),
  /** Names that stand for secrets, besides the known ones. */
  keys: v.array(text),
  /** Beginnings of secrets of the program's own form. */
  prefixes: v.array(text),
  /** Names and kinds that are not redacted. */
  allow: v.array(text),
});
export type RedactionSettings = v.InferOutput<typeof redactionSettings>;

const thresholdMs = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(60_000));
export const presetBlockMs = 50;
export const presetCollectionMs = 10;

export const captureSettings = v.object({
  level: v.picklist(captureLevels),
  include: v.array(text),
  exclude: v.array(text),
  writes: v.boolean(),
  /** From so many milliseconds on a block of the event loop is a span, and a collection of garbage; 0: none. Absent: the presets. */
  blockMs: v.optional(thresholdMs),
  collectionMs: v.optional(thresholdMs),
  /** Whether the stack of a block is taken (decision 0015); absent: yes. */
  blockStacks: v.optional(v.boolean()),
  /** Hosts besides loopback that the trace header is sent to. */
  propagate: v.optional(v.array(text)),
  /** Absent in recordings of before it could be set: `defaultDelivery`. */
  delivery: v.optional(deliverySettings),
  /** Absent: everything known to be a secret is redacted. */
  redaction: v.optional(redactionSettings),
  /** What records go through before they are written; absent: everything is recorded as it is. */
  pipeline: v.optional(pipelineStages),
  /** Whether texts of sources are kept where calls are recorded; absent: yes. */
  sources: v.optional(v.boolean()),
  /** Names of classes whose instances are scopes by themselves, and of variables at the top of a file; `*` is any text. */
  state: v.optional(v.array(text)),
  /** At level `lines`: names of functions and globs of files whose statements are recorded; absent or empty: all. */
  lines: v.optional(v.array(text)),
});
export type CaptureSettings = v.InferOutput<typeof captureSettings>;

/** Whoever wants metrics only gets no spans of the runtime's either. */
export const thresholdsOf = ({
  level,
  blockMs = presetBlockMs,
  collectionMs = presetCollectionMs,
}: CaptureSettings): { readonly blockMs: number; readonly collectionMs: number } =>
  level === "metrics" ? { blockMs: 0, collectionMs: 0 } : { blockMs, collectionMs };

/** As a process was recorded. `attached`: it ran already, and what it did before `beganMs` nobody saw. */
export const recordedSettings = v.object({
  ...captureSettings.entries,
  attached: v.optional(v.literal(true)),
});

/** What the agent is told that is put into a running program: where to send to, as others find it in their environment. */
export const attachOrder = v.object({
  /** Built files: what the agent's worker is started from, and the agent. */
  agentFile: text,
  guestFile: text,
  socketPath: text,
  token: text,
  hostPid: v.optional(v.number()),
  settings: captureSettings,
});
/** What became of it. `elsewhere`: on another machine, or where it cannot see our files. */
export const attachOutcome = v.variant("kind", [
  v.object({ kind: v.literal("attached") }),
  v.object({ kind: v.literal("recorded") }),
  v.object({ kind: v.literal("elsewhere") }),
  v.object({ kind: v.literal("failed"), reason: text }),
]);
export type AttachOutcome = v.InferOutput<typeof attachOutcome>;
export type AttachOrder = v.InferOutput<typeof attachOrder>;

const hello = v.object({
  kind: v.literal("hello"),
  wireVersion: v.number(),
  token: text,
  agentVersion: text,
  /** Names this run of the process among reconnects: 16 random bytes as hex. */
  runId: text,
  pid: v.number(),
  parentPid: v.number(),
  /** The run that started this one. Absent: not known, `parentPid` may tell. */
  parentRunId: v.optional(text),
  /** Of a worker thread; absent for a process, which is its main thread. */
  thread: v.optional(v.object({ id: v.number(), name: v.optional(text) })),
  /** `performance.now()` when it began, of a thread: its time origin is its process's. Or when it was attached to. */
  beganMs: v.optional(v.number()),
  /** Its number among the workers of `node:cluster`. */
  clusterWorker: v.optional(v.number()),
  /** `performance.timeOrigin`, milliseconds since the epoch with its fraction. */
  timeOriginMs: v.number(),
  /** `performance.now()` when this was sent. */
  clockMs: v.number(),
  argv: v.array(text),
  execArgv: v.array(text),
  cwd: text,
  /** package.json name of the program, else its script's name. */
  serviceName: text,
  nodeVersion: text,
  v8Version: text,
  platform: text,
  arch: text,
  hostName: text,
  settings: recordedSettings,
});

const bye = v.object({
  kind: v.literal("bye"),
  clockMs: v.number(),
  /** `process.exitCode` as it left; absent when the agent could not know. */
  exitCode: v.optional(v.number()),
  /** Records that the agent got out of the program's thread, and those it did not keep. */
  written: v.number(),
  dropped: v.number(),
  /** The program goes on, without an agent. */
  detached: v.optional(v.boolean()),
  /** Exceptions of the agent's own, in the program's thread and in the worker. */
  agentFaults: v.optional(v.number()),
  workerFaults: v.optional(v.number()),
});

/** What the program's clock said when the question of that number came. */
const clock = v.object({ kind: v.literal("clock"), round: v.number(), clockMs: v.number() });

/** What the program saw of a process that it had started. */
const childEnded = v.object({
  kind: v.literal("child-ended"),
  pid: v.number(),
  exitCode: v.optional(v.number()),
  signal: v.optional(text),
});

const welcome = v.object({ kind: v.literal("welcome"), wireVersion: v.number() });
const refused = v.object({ kind: v.literal("refused"), code: text });
const ack = v.object({ kind: v.literal("ack"), batch: v.number() });
const askClock = v.object({ kind: v.literal("ask-clock"), round: v.number() });

/** To one that was put into a running program: it undoes all it did there, says good-bye and goes. */
const detach = v.object({ kind: v.literal("detach") });

const toEngine = v.variant("kind", [hello, bye, clock, childEnded]);
/** What programs are told while they run: all that was said so far, what nobody spoke of left out. */
export const toldAgents = v.object({
  /** What records go through. */
  pipeline: v.optional(pipelineStages),
  /** Whether nothing is kept: it is counted instead. */
  paused: v.optional(v.boolean()),
  level: v.optional(v.picklist(["metrics", "requests"])),
});
export type ToldAgents = v.InferOutput<typeof toldAgents>;
const configure = v.object({ kind: v.literal("configure"), ...toldAgents.entries });

const toAgent = v.variant("kind", [welcome, refused, ack, askClock, detach, configure]);

export type Hello = v.InferOutput<typeof hello>;
export type Bye = v.InferOutput<typeof bye>;
export type ChildEnded = v.InferOutput<typeof childEnded>;
export type ToAgent = v.InferOutput<typeof toAgent>;
export type ToEngine =
  | Hello
  | Bye
  | v.InferOutput<typeof clock>
  | ChildEnded
  /** `lastSeq`: records that the program had made by then, at least; those missing from the stream up to it are lost. */
  | { readonly kind: "batch"; readonly batch: number; readonly lastSeq: number; readonly records: Uint8Array };

/** Bytes of a batch body before its records. */
export const batchHeaderBytes = 12;

export interface Frame {
  readonly type: number;
  readonly body: Uint8Array;
}

/** Held for a frame of which only the head has come. */
const mostBytesExpected = 1024 * 1024;

/** More is given back when nothing waits in it. */
const mostBytesKept = 1024 * 1024;

/**
 * Cuts a byte stream into frames. `push` throws `MalformedBytes` when a frame is larger than allowed. What waits for the
 * rest of its frame takes a megabyte or twice its size, and a frame costs a copy or two however small the pieces it comes in.
 */
export class FrameSplitter {
  /** Used again and again: a new one for each frame would make the collector run several times a second. */
  #waiting = new Uint8Array(0);
  /** Where in it those bytes are that belong to no frame yet. */
  #from = 0;
  #to = 0;
  /** With fewer there is nothing new to see. */
  #neededBytes = frameHeaderBytes;

  /** `maxBytes` may be changed between frames: a peer that is known may send more. */
  constructor(public maxBytes = maxFrameBytes) {}

  /** The frames are good until the next call. */
  push(chunk: Uint8Array): Frame[] {
    const isWhole = this.#from === this.#to;
    const bytes = isWhole ? chunk : this.#append(chunk);
    const frames: Frame[] = [];
    let at = 0;
    if (bytes.length >= this.#neededBytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      this.#neededBytes = frameHeaderBytes;
      while (bytes.length - at >= this.#neededBytes) {
        const length = view.getUint32(at, true);
        if (length > this.maxBytes) throw new MalformedBytes(`frame of ${length} bytes`);
        const end = at + frameHeaderBytes + length;
        this.#neededBytes = end <= bytes.length ? frameHeaderBytes : end - at;
        if (end > bytes.length) break;
        frames.push({ type: view.getUint8(at + 4), body: bytes.subarray(at + frameHeaderBytes, end) });
        at = end;
      }
    }
    if (!isWhole) this.#from = at;
    else if (at < chunk.length) {
      this.#from = this.#to = 0;
      this.#append(chunk.subarray(at));
    }
    return frames;
  }

  /** Behind what waits, which is put first: no frame that was given away is needed any more. */
  #append(chunk: Uint8Array): Uint8Array {
    const before = this.#to - this.#from;
    const length = before + chunk.length;
    // As much as the frame says that it will be: to grow by and by costs as much again. A long one has to come first.
    const expected = Math.min(this.#neededBytes, mostBytesExpected);
    if (length > this.#waiting.length || (before === 0 && this.#waiting.length > mostBytesKept)) {
      const larger = new Uint8Array(
        Math.max(length, expected, length > mostBytesExpected ? 2 * this.#waiting.length : 0),
      );
      larger.set(this.#waiting.subarray(this.#from, this.#to));
      this.#waiting = larger;
    } else if (this.#from > 0) this.#waiting.copyWithin(0, this.#from, this.#to);
    this.#waiting.set(chunk, before);
    [this.#from, this.#to] = [0, length];
    return this.#waiting.subarray(0, length);
  }
}

export function frameHeader(type: number, bodyBytes: number): Uint8Array {
  const header = new Uint8Array(frameHeaderBytes);
  new DataView(header.buffer).setUint32(0, bodyBytes, true);
  header[4] = type;
  return header;
}

export function batchHeader(batch: number, lastSeq: number): Uint8Array {
  const header = new Uint8Array(batchHeaderBytes);
  const view = new DataView(header.buffer);
  view.setUint32(0, batch, true);
  view.setFloat64(4, lastSeq, true);
  return header;
}

/** A decoded frame sent by an agent; throws `MalformedBytes` for anything that is not one. `parse` is JSON of UTF-8. */
export function readFromAgent(frame: Frame, parse: (body: Uint8Array) => unknown): ToEngine {
  if (frame.type === frameTypes.batch) {
    if (frame.body.length < batchHeaderBytes) throw new MalformedBytes("batch without header");
    const view = new DataView(frame.body.buffer, frame.body.byteOffset);
    const lastSeq = view.getFloat64(4, true);
    if (!Number.isSafeInteger(lastSeq) || lastSeq < 0) throw new MalformedBytes("bad batch header");
    return { kind: "batch", batch: view.getUint32(0, true), lastSeq, records: frame.body.subarray(batchHeaderBytes) };
  }
  return decoded(toEngine, frame, parse);
}

/** A decoded frame sent by the engine; throws `MalformedBytes` for anything that is not one. */
export function readFromEngine(frame: Frame, parse: (body: Uint8Array) => unknown): ToAgent {
  return decoded(toAgent, frame, parse);
}

function decoded<Schema extends v.GenericSchema>(
  schema: Schema,
  frame: Frame,
  parse: (body: Uint8Array) => unknown,
): v.InferOutput<Schema> {
  let body: unknown;
  try {
    body = parse(frame.body);
  } catch {
    throw new MalformedBytes("control frame is not JSON");
  }
  const read = v.safeParse(schema, body);
  if (!read.success) throw new MalformedBytes(`control frame: ${read.issues[0].message}`);
  return read.output;
}
