// How many bytes a text or a piece of binary data of the program's is, in any realm and without running its code.
import { types } from "node:util";

// As they are now: what a program makes of them later is not for us to run.
const { byteLength, isEncoding } = Buffer;
const lengthInBytes = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), "byteLength")?.get;

/** As the chunk of a stream with that encoding; 0 for what is neither text nor bytes. */
export function bytesIn(chunk: unknown, encoding?: unknown): number {
  if (typeof chunk === "string") return byteLength(chunk, isKnown(encoding) ? encoding : "utf8");
  if (!types.isUint8Array(chunk) || lengthInBytes === undefined) return 0;
  const bytes: unknown = Reflect.apply(lengthInBytes, chunk, []);
  return typeof bytes === "number" ? bytes : 0;
}

const isKnown = (encoding: unknown): encoding is BufferEncoding =>
  typeof encoding === "string" && Reflect.apply(isEncoding, Buffer, [encoding]);
