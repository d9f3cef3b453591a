// Writes to an agent without losing what it said last. A socket of Node's is destroyed by a write that fails, and with it
// goes what the kernel holds of a program that was killed a moment ago: up to 200 KB, and it is what one wants to see most.
import { writeSync } from "node:fs";
import type { Socket } from "node:net";

/** A write that fails is noticed when everything was read. Where there is no file descriptor (Windows), Node writes. */
export function writeAndReadOn(socket: Socket, bytes: Uint8Array): void {
  const descriptor = descriptorOf(socket);
  // Behind what Node has not written yet.
  if (descriptor === undefined || socket.writableLength > 0) return void socket.write(bytes);
  let written = 0;
  try {
    written = writeSync(descriptor, bytes);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EPIPE") return;
    // No room, for one: Node waits for it.
  }
  if (written < bytes.length) socket.write(bytes.subarray(written));
}

function descriptorOf(socket: Socket): number | undefined {
  const handle: unknown = Reflect.get(socket, "_handle");
  if (typeof handle !== "object" || handle === null) return undefined;
  const descriptor: unknown = Reflect.get(handle, "fd");
  return typeof descriptor === "number" && descriptor >= 0 ? descriptor : undefined;
}
