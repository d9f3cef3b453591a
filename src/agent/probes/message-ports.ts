// What is posted by the ports of a MessageChannel, in whichever threads they are, and whether it is handed over or taken by
// `receiveMessageOnPort`. Which two ports belong together is known from where they are made: of ports that were made before, or
// that a `structuredClone` has moved, nothing is told. How the rest is told is in port-ends.ts.
import { syncBuiltinESMExports } from "node:module";
import workerThreads, { MessagePort } from "node:worker_threads";
import { type CarriedPort, CarriedPorts } from "../carried-ports.js";
import type { Choose } from "../frameless.js";
import { Flow, type Stamp } from "../messages.js";
import { dataProperty, isObject, textProperty } from "../own-data.js";
import { replaceConstructor, replaceWithoutFrame, together } from "../patch.js";
import { type Channel, type PortEnd, PortEnds, type PortsKit } from "../port-ends.js";
import { type Direction, PostedContexts } from "../posted-contexts.js";
import type { ProbeKit } from "../probe-kit.js";
import type { ThreadPlace } from "../thread-place.js";
import { bytesFromHex } from "../trace-context.js";
import { installThreadMessages } from "./thread-messages.js";
import { watchThreadPools } from "./thread-pools.js";

const noStamp: Stamp = { origin: 0, originUs: 0 };
const aboutPorts = {
  "messaging.system": "worker_threads",
  "messaging.destination.name": "MessagePort",
  "messaging.operation.type": "process",
} as const;

/** `place`: of the process, `own`: of this thread, `above`: of the one that started it. */
export function installMessagePorts(
  kit: PortsKit & Pick<ProbeKit, "onModule">,
  place: Pick<ThreadPlace, "channel" | "ports" | "carried">,
  own: { readonly runId: string; readonly posted: PostedContexts },
  above: ThreadPlace | undefined,
  threadId: number,
): () => void {
  const { guest } = kit;
  const [posted, carried] = [new PostedContexts(place.ports), new CarriedPorts(place.carried)];
  const ports = new PortEnds(kit, carried, (port, known) => {
    const number = (known.channel - 1) / 2;
    const channel = channelOf(number);
    ports.add(port, endOf(channel, number, known));
  });
  /** All threads of the process make the same of it. */
  const processId = place.channel.slice(-32);
  const channelOf = (number: number, local?: PortEnd[]): Channel => ({
    // Even ones are those of thread-messages.ts.
    number: 2 * number + 1,
    posted,
    from: noStamp,
    about: { 0: aboutPorts, 1: aboutPorts },
    local,
  });
  const endOf = (
    channel: Channel,
    number: number,
    { sends, sent, received }: Omit<CarriedPort, "channel">,
  ): PortEnd => {
    const id = bytesFromHex(processId.slice(0, 16));
    for (let at = 0; at < 4; at++) id[3 - at] = (id[3 - at] ?? 0) ^ ((number >>> (8 * at)) & 0xff);
    const flows = [new Flow("to-child", id), new Flow("to-parent", id)] as const;
    const end = { channel, sends, sending: flows[sends], receiving: flows[sends === 0 ? 1 : 0] };
    [end.sending.bytes, end.receiving.bytes] = [sent, received];
    return end;
  };
  const made = (channel: object): void => {
    const number = carried.newChannel();
    const ends: PortEnd[] = [];
    const both = channelOf(number, ends);
    for (const sends of [0, 1] as const satisfies readonly Direction[]) {
      const port = dataProperty(channel, sends === 0 ? "port1" : "port2");
      const end = endOf(both, number, { sends, sent: 0, received: 0 });
      ends.push(end);
      if (isObject(port)) ports.add(port, end);
    }
  };

  /** What Node's own port is given for a thread that is being started. */
  let startedWith: readonly CarriedPort[] = [];
  const noteStart = (args: readonly unknown[]): void => {
    const [message] = args;
    if (!isObject(message) || textProperty(message, "type") !== "loadScript") return;
    startedWith = ports.leaving([dataProperty(message, "workerData"), args[1]]).map((each) => each.carried);
  };
  const posting =
    (original: Method): Choose =>
    (self, args) => {
      const end = ports.of(self);
      if (end === undefined) {
        guest.runAsGuest(() => noteStart(args), undefined);
        return original;
      }
      return (...given) => ports.post(end, given, () => Reflect.apply(original, self, given));
    };
  const receiving =
    (original: Method): Choose =>
    (self, args) => {
      const [port] = args;
      let result: unknown;
      try {
        result = Reflect.apply(original, self, args);
      } catch (error) {
        // It throws again what is no port; but what could not be read here is gone from the port, and comes no second time.
        if (!(port instanceof MessagePort)) return original;
        guest.runAsGuest(() => ports.takenUnread(ports.of(port)), undefined);
        return () => {
          throw error;
        };
      }
      guest.runAsGuest(() => ports.taken(ports.of(port), result), undefined);
      return () => result;
    };
  const tellMade = (channel: object): void => guest.runAsGuest(() => made(channel), undefined);
  const released = together([
    () => ports.release(),
    replaceConstructor([globalThis, workerThreads], "MessageChannel", tellMade),
    replaceWithoutFrame(MessagePort.prototype, "postMessage", posting),
    replaceWithoutFrame(workerThreads, "receiveMessageOnPort", receiving),
    installThreadMessages({ guest, ports }, own, above, threadId, () => startedWith),
    watchThreadPools(kit, ports.tasks),
  ]);
  syncBuiltinESMExports();
  return () => {
    released();
    syncBuiltinESMExports();
  };
}

type Method = (this: unknown, ...args: unknown[]) => unknown;
