// What takes the records of one thread to the engine, as that thread sees it.

export interface Ending {
  readonly exitCode: number | undefined;
  readonly written: number;
  readonly dropped: number;
  readonly faults: number;
}

export interface Delivery {
  /** False once it is known that nothing will ever be sent. */
  readonly isUseful: boolean;
  /** Whether an engine is there, or expected to come back. */
  readonly hasEngine: boolean;
  /** Asked now and then: the engine may come later than the program. */
  startIfThereIsAnEngine(): void;
  /** The thread ends. `flush` may add records, and is true when it has none to add. */
  end(ending: () => Ending, flush: () => boolean): void;
  /** The process may end now without another word. */
  flush(): void;
  /** Gives the agent's thread other bytes for the ring; false where there is none that would follow. */
  handRing(records: SharedArrayBuffer): boolean;
  /** To the agent's thread. */
  say(message: object): void;
  /** The program goes on without us, and what is left is sent meanwhile. */
  detach(ending: Ending, originals: Pick<typeof globalThis, "setTimeout">): void;
  /** The program goes on without us. */
  terminate(): void;
}
