// What a link of the agent's thread to the engine begins with, and who hears of it.
import { type DeliverySettings, defaultDelivery } from "../shared/protocol/agent-wire.js";
import type { ProcessFacts } from "./process-facts.js";

export interface LinkSetup {
  readonly memory: SharedArrayBuffer;
  readonly socketPath: string;
  readonly hostPid: number | undefined;
  readonly facts: ProcessFacts;
  /** Whether the stack of what blocks can be had: the inspector reaches the main thread only. */
  readonly hasStacks: boolean;
}

/** What the agent's thread wants to know of each of its links. */
export interface LinkEvents {
  /** The program may be waiting for this. */
  onProgress(): void;
  /** Nothing more will be sent; `finish` tells whoever waits for that. */
  onDone(finish: () => void): void;
  /** The engine asks the agent to leave the program. */
  onDetach(): void;
}

export const nobody: LinkEvents = {
  onProgress: () => undefined,
  onDone: (finish) => finish(),
  onDetach: () => undefined,
};

export const deliveryOf = ({ facts }: LinkSetup): DeliverySettings => facts.settings.delivery ?? defaultDelivery;
