// The frames that an agent sends, in parts: nothing of a batch is copied for them.
import { type Bye, type Hello, batchHeader, frameHeader, frameTypes } from "../shared/protocol/agent-wire.js";
import type { Ending } from "./delivery.js";
import type { Batch } from "./outbox.js";
import type { ProcessFacts } from "./process-facts.js";
import { type RingMemory, control, facts } from "./ring.js";

export type FrameParts = readonly Uint8Array[];

export const bytesIn = (frame: FrameParts): number => frame.reduce((total, part) => total + part.length, 0);

/** `lastSeq`: what the program has given by now. */
export function batchFrame({ number, definitions, records }: Batch, lastSeq: number): FrameParts {
  const header = batchHeader(number, lastSeq);
  const bytes = header.length + definitions.length + records.length;
  return [frameHeader(frameTypes.batch, bytes), header, definitions, records];
}

/** What good-bye says, from any thread, of a program or thread that ends. */
export function noteEnding(memory: RingMemory, { exitCode, written, dropped, faults }: Ending): void {
  const { facts: numbers } = memory;
  numbers[facts.written] = written;
  numbers[facts.dropped] = dropped;
  numbers[facts.agentFaults] = faults;
  noteExitCode(memory, exitCode);
}

export function noteExitCode({ control: words, facts: numbers }: RingMemory, exitCode: number | undefined): void {
  numbers[facts.exitCode] = exitCode ?? 0;
  Atomics.store(words, control.exitCodeKnown, exitCode === undefined ? 0 : 1);
}

/** By what was noted of its end. */
export function byeOf({ control: words, facts: numbers }: RingMemory, clockMs: number): Bye {
  return {
    kind: "bye",
    clockMs,
    ...(Atomics.load(words, control.exitCodeKnown) === 1 ? { exitCode: numbers[facts.exitCode] } : {}),
    ...(Atomics.load(words, control.detached) === 1 ? { detached: true } : {}),
    written: numbers[facts.written] ?? 0,
    dropped: numbers[facts.dropped] ?? 0,
    agentFaults: numbers[facts.agentFaults],
    workerFaults: numbers[facts.workerFaults],
  };
}

export function controlFrame(type: number, message: object): FrameParts {
  const body = Buffer.from(JSON.stringify(message));
  return [frameHeader(type, body.length), body];
}

export const helloFrame = (about: ProcessFacts, clockMs: number): FrameParts =>
  controlFrame(frameTypes.hello, { ...about, clockMs } satisfies Hello);

export const byeFrame = (memory: RingMemory, clockMs: number): FrameParts =>
  controlFrame(frameTypes.bye, byeOf(memory, clockMs));
