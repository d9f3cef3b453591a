// How a program's thread hears what to capture from now on: the agent's thread writes it into the shared memory, and it is read
// there now and then. So it reaches every thread of a program, and no listener keeps one of them alive.
import * as v from "valibot";
import { type ToldAgents, toldAgents } from "../../shared/protocol/agent-wire.js";
import { type RingMemory, control } from "../ring.js";

const lengthBytes = 4;

/** In the agent's thread. False when there is no room for so much. */
export function tellSettings(
  { settings, control: words }: Pick<RingMemory, "settings" | "control">,
  told: ToldAgents,
): boolean {
  const text = Buffer.from(JSON.stringify(told));
  if (text.length + lengthBytes > settings.length) return false;
  // Odd while it is being written.
  Atomics.add(words, control.configured, 1);
  new DataView(settings.buffer, settings.byteOffset).setUint32(0, text.length, true);
  settings.set(text, lengthBytes);
  Atomics.add(words, control.configured, 1);
  return true;
}

/** In the program's thread: what was told since this was asked last, or undefined. */
export function settingsEar({
  settings,
  control: words,
}: Pick<RingMemory, "settings" | "control">): () => ToldAgents | undefined {
  let heard = 0;
  return () => {
    const told = Atomics.load(words, control.configured);
    if (told === heard || told % 2 === 1) return undefined;
    const length = new DataView(settings.buffer, settings.byteOffset).getUint32(0, true);
    const text = Buffer.from(settings.slice(lengthBytes, lengthBytes + length)).toString("utf8");
    // It was written anew meanwhile: next time.
    if (Atomics.load(words, control.configured) !== told) return undefined;
    heard = told;
    const read = v.safeParse(toldAgents, JSON.parse(text));
    return read.success ? read.output : undefined;
  };
}
