// How the threads of a process find its one agent's thread, which sends what all of them record. Who starts a thread tells
// it by Node's environment data, which nobody sees who does not ask for ours; from then on messages go over a broadcast
// channel: no thread of the program has to pass them on, and one that is blocked holds up no other.
import { types } from "node:util";
import { BroadcastChannel, getEnvironmentData, setEnvironmentData } from "node:worker_threads";
import { carriedBytes } from "./carried-ports.js";
import { postedBytes } from "./posted-contexts.js";

const dataKey = "hindcast";

/** Whether the agent's thread hears what is said on the channel. */
export const ears = { none: 0, soon: 1, open: 2 } as const;

/** What a thread is told by the one that started it. */
export interface ThreadPlace {
  /** The run of the thread that starts it. */
  readonly parentRunId: string;
  /** Of the process: its threads are the same service. */
  readonly serviceName: string;
  readonly channel: string;
  /** One word, of `ears`. */
  readonly state: SharedArrayBuffer;
  /** Which spans post what to and from the threads that this one starts (posted-contexts.ts). */
  readonly posted: SharedArrayBuffer;
  /** The same of ports of the process, wherever they are, and where those are (carried-ports.ts). */
  readonly ports: SharedArrayBuffer;
  readonly carried: SharedArrayBuffer;
}

/** Made by the main thread, for all of the process. */
export const newPlace = (runId: string): Pick<ThreadPlace, "channel" | "state" | "ports" | "carried"> => ({
  channel: `hindcast-${runId}`,
  state: new SharedArrayBuffer(4),
  ports: new SharedArrayBuffer(postedBytes),
  carried: new SharedArrayBuffer(carriedBytes),
});

export function offerPlace(place: ThreadPlace): () => void {
  setEnvironmentData(dataKey, { ...place });
  return () => setEnvironmentData(dataKey);
}

/** Undefined where no agent runs in the process, or in none of the threads above this one. */
export function offeredPlace(): ThreadPlace | undefined {
  const told: unknown = getEnvironmentData(dataKey);
  if (typeof told !== "object" || told === null) return undefined;
  const place: Partial<Record<keyof ThreadPlace, unknown>> = told;
  const { parentRunId, serviceName, channel, state, posted, ports, carried } = place;
  if (typeof parentRunId !== "string" || typeof serviceName !== "string" || typeof channel !== "string")
    return undefined;
  const isShared = types.isSharedArrayBuffer;
  if (!isShared(state) || !isShared(posted) || !isShared(ports) || !isShared(carried)) return undefined;
  return { parentRunId, serviceName, channel, state, posted, ports, carried };
}

/** Says it to the agent's thread, and listens to nobody: what others say must not gather here. */
export function sayTo(name: string, message: object): void {
  const channel = new BroadcastChannel(name);
  channel.unref();
  channel.postMessage(message);
  channel.close();
}

/** In the agent's thread. */
export function listenOn(
  { channel: name, state }: Pick<ThreadPlace, "channel" | "state">,
  hear: (said: unknown) => void,
): void {
  const channel = new BroadcastChannel(name);
  channel.onmessage = (message) => {
    if (typeof message === "object" && message !== null && "data" in message) hear(message.data);
  };
  channel.unref();
  const word = new Int32Array(state);
  Atomics.store(word, 0, ears.open);
  Atomics.notify(word, 0);
}
