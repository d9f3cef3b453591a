// Node before 22.15 runs module hooks in a thread whose output it pipes into `process.stdout` and `process.stderr` as it
// starts it. That initialises both, and leaves listeners on them that the program did not add. While the thread is
// started, Node finds these in their place: what hooks print, those of the program as well, goes on to the real ones.
import { Writable } from "node:stream";
import { untold } from "../untold-thread.js";

type StreamName = "stdout" | "stderr";

/** `start` starts the thread, in this very call. */
export function withStreamsOfOurs<Result>(start: () => Result): Result {
  const putBack = [inPlaceOf("stdout"), inPlaceOf("stderr")];
  try {
    return untold(start);
  } finally {
    for (const undo of putBack) undo();
  }
}

function inPlaceOf(name: StreamName): () => void {
  const original = Object.getOwnPropertyDescriptor(process, name);
  if (original?.configurable !== true) return () => undefined;
  const passing = passingOnTo(name);
  Object.defineProperty(process, name, { ...accessor(original), get: () => passing });
  return () => void Object.defineProperty(process, name, original);
}

const accessor = ({ enumerable = true }: PropertyDescriptor): PropertyDescriptor => ({
  configurable: true,
  enumerable,
});

/** Touches the real one only when there is something to write, and never waits: what comes just before an exit is written. */
const passingOnTo = (name: StreamName): Writable =>
  new Writable({
    decodeStrings: false,
    write(chunk: string | Uint8Array, _encoding, done) {
      process[name].write(chunk);
      done();
    },
  });
