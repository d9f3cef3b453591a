// Asks an agent what its clock says: a few times as soon as it is there, then now and then.
import { checkClock } from "./ingest/plausible.js";
import type { ProcessIngest } from "./ingest/process-ingest.js";

const firstRounds = 8;
const roundsEveryMs = 5000;

export interface AskedAgent {
  /** Resolves when a question does no harm. */
  ready(): Promise<void>;
  ask(round: number): void;
}

export class ClockRounds {
  #asked: { readonly round: number; readonly ns: bigint } | undefined;
  #round = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly process: ProcessIngest,
    readonly agent: AskedAgent,
  ) {
    void this.#ask();
  }

  /** Throws `MalformedBytes` for what no clock can say. */
  answered(round: number, clockMs: number): void {
    const answeredNs = engineNs();
    checkClock(clockMs);
    // One that was asked over an earlier connection says nothing.
    if (this.#asked?.round !== round) return;
    this.process.clockSaid(clockMs, this.#asked.ns, answeredNs);
    this.#asked = undefined;
    if (this.#round < firstRounds) void this.#ask();
    else this.#timer = setTimeout(() => void this.#ask(), roundsEveryMs).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    const round = ++this.#round;
    await this.agent.ready();
    this.#asked = { round, ns: engineNs() };
    this.agent.ask(round);
  }
}

/** The engine's own clock, nanoseconds since the epoch. */
const engineNs = (): bigint => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e3)) * 1000n;
