// How much memory is left for the ring, as the agent's worker sees it: of V8's heap, of the container, of the machine.
import { freemem, totalmem } from "node:os";
import { type RingMemory, control, facts } from "./ring.js";
import { grownRingBytes } from "../shared/protocol/agent-wire.js";
import { leastRingBytes } from "./ring-size.js";

/** Used of what there is, as shares. */
export interface MemoryUse {
  readonly heap: number;
  readonly container: number;
  readonly machine: number;
}

/** So much is used that what can be given back is given back; and again so little that it may be taken again. */
const tight = 0.9;
const easy = 0.8;

export class MemoryWatch {
  #isTight = false;

  constructor(readonly mostBytes: number) {}

  /** How large the ring may be. */
  look({ heap, container, machine }: MemoryUse): number {
    const used = Math.max(heap, container, machine);
    if (used >= tight) this.#isTight = true;
    else if (used < easy) this.#isTight = false;
    return this.#isTight ? Math.min(leastRingBytes, this.mostBytes) : this.mostBytes;
  }
}

export function memoryUse(heapShare: number): MemoryUse {
  const limit = containerLimit();
  return {
    heap: heapShare,
    container: limit === undefined ? 0 : process.memoryUsage.rss() / limit,
    machine: 1 - freemem() / totalmem(),
  };
}

/** Before Node.js 18.15 nobody knows. Where there is none, Node says 0, or more than the machine has. */
function containerLimit(): number | undefined {
  const constrainedMemory: unknown = Reflect.get(process, "constrainedMemory");
  if (typeof constrainedMemory !== "function") return undefined;
  const limit: unknown = Reflect.apply(constrainedMemory, process, []);
  return typeof limit === "number" && limit > 0 && limit < totalmem() ? limit : undefined;
}

const everyMs = 1000;

/** Tells the program's thread, once a second, how large its ring may be. */
export class RingAllowance {
  readonly #memory: RingMemory;
  readonly #watch: MemoryWatch;
  #lookedMs = -Infinity;

  constructor(memory: RingMemory) {
    this.#memory = memory;
    this.#watch = new MemoryWatch(grownRingBytes(memory.size));
  }

  look(nowMs: number): void {
    if (nowMs - this.#lookedMs < everyMs) return;
    this.#lookedMs = nowMs;
    const most = this.#watch.look(memoryUse(this.#memory.facts[facts.heapShare] ?? 0));
    Atomics.store(this.#memory.control, control.mostBytes, most);
  }
}
