// What whoever wants to read a recording that another engine makes says first, and where: both are in the recording's private
// folder, which only this user may enter.
import * as v from "valibot";

export const doorAddress = v.object({ socketPath: v.string(), token: v.string() });
export type DoorAddress = v.InferOutput<typeof doorAddress>;

/** Either end is let go that says nothing for so long. */
export const greetWithinMs = 5000;

/** Another version's calls may be others: it is let go. */
const greeting = v.object({ token: v.string(), version: v.string() });
export type DoorGreeting = v.InferOutput<typeof greeting>;

export const greetingBytes = (told: DoorGreeting): Uint8Array => Buffer.from(JSON.stringify(told));

/** Undefined: it is none. */
export function greetingFrom(bytes: Uint8Array): DoorGreeting | undefined {
  try {
    const read = v.safeParse(greeting, JSON.parse(Buffer.from(bytes).toString("utf8")));
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
}

/** The first answer; calls may follow. */
export const welcome = new Uint8Array([1]);
