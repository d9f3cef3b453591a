// What a link leaves behind for an engine that did not take it: the frames that it would have sent, as far as there may be (docs/protocol.md,
// "What is left behind").
import { type FrameParts, batchFrame, byeFrame, bytesIn, helloFrame } from "./frames.js";
import { type Chunk, type Intake, batchBytes } from "./intake.js";
import type { Outbox } from "./outbox.js";
import type { ProcessFacts } from "./process-facts.js";
import { type RingMemory, control, facts } from "./ring.js";

/** Left behind as it is also where no spill was asked for: about what the kernel holds of it anyway. */
const leastWholeBytes = 256 * 1024;
/** Left behind besides: names that were defined, and gaps. */
const mostLeftBytes = 2 * 1024 * 1024;
const maxLossWaitMs = 1000;

interface Leaving {
  readonly about: ProcessFacts;
  readonly memory: RingMemory;
  readonly outbox: Outbox;
  readonly clockMs: () => number;
  readonly intake: Intake;
  /** What may be left behind as it is, where that is more than `leastWholeBytes`. */
  readonly wholeBytes: number;
  readonly noteProgress: () => void;
}

export function* lastFrames({
  about,
  memory,
  outbox,
  clockMs,
  intake,
  wholeBytes,
  noteProgress,
}: Leaving): Iterable<FrameParts> {
  const take = (): Chunk | undefined => {
    const chunk = intake.take(batchBytes);
    if (chunk !== undefined || about.thread !== undefined) return chunk;
    // What the program's thread could not record yet it tells when the ring has room again.
    Atomics.wait(memory.control, control.lossTold, 0, maxLossWaitMs);
    return intake.take(batchBytes);
  };
  yield helloFrame(about, clockMs());
  let room = mostLeftBytes;
  for (const batch of outbox.last(Math.max(wholeBytes, leastWholeBytes), take)) {
    const frame = batchFrame(batch, memory.facts[facts.lastSeq] ?? 0);
    room -= bytesIn(frame);
    // Good-bye counts what is missing.
    if (room + wholeBytes < 0) break;
    yield frame;
    noteProgress();
  }
  yield byeFrame(memory, clockMs());
}
