// What threads post each other, at both ends of a channel: messages are counted as they are posted and as they come, in the
// order in which they were posted, so that none has to be changed or looked at. Which span posted one is kept beside it
// (posted-contexts.ts), and so is which ports went along (carried-ports.ts): those are then followed where they have come to.
import type { MessagePort } from "node:worker_threads";
import type { Attributes } from "../shared/trace/attributes.js";
import type { CarriedPort, CarriedPorts, Carrier } from "./carried-ports.js";
import { type Flow, type Stamp } from "./messages.js";
import { copyOf, dataProperty, isFunction, isObject } from "./own-data.js";
import { passFor } from "./patch.js";
import { portsIn } from "./ports-in.js";
import type { Direction, PostedContexts } from "./posted-contexts.js";
import type { ProbeKit } from "./probe-kit.js";
import type { OpenSpan, SpanParent } from "./record-sink.js";
import { TaskPosters } from "./task-posters.js";

/** By which Node hands a port what has come for it. */
const dispatchKey = Symbol.for("nodejs.internal.kHybridDispatch");

export interface PortsKit extends Pick<ProbeKit, "guest" | "messages" | "context" | "sink"> {
  /** Messages are counted always, and told of only meanwhile. */
  readonly isOn: () => boolean;
}

/** What both ends know of their channel. */
export interface Channel {
  /** By which carried ports and posted contexts name it. */
  readonly number: number;
  readonly posted: PostedContexts;
  /** From whom that says a message is, at this end. */
  readonly from: Stamp;
  /** What a span says of handling a message, by where it goes. */
  readonly about: Readonly<Record<Direction, Attributes>>;
  /** Both ends, as long as they are in this thread: nothing has to be joined. */
  local: PortEnd[] | undefined;
}

/** One end of it. */
export interface PortEnd {
  readonly channel: Channel;
  readonly sends: Direction;
  readonly sending: Flow;
  readonly receiving: Flow;
}

/** The message that `receiveMessageOnPort` gave last. */
interface Taken {
  readonly of: PortEnd;
  /** Undefined: it was posted in none. */
  readonly span: OpenSpan | undefined;
  /** What was current before it. */
  readonly before: OpenSpan | undefined;
  readonly end: (isNow?: boolean) => void;
}

export class PortEnds {
  readonly #kit: PortsKit;
  readonly #carried: CarriedPorts;
  readonly #arrived: (port: MessagePort, carried: CarriedPort) => void;
  /** Of ports that may go to another thread. */
  readonly #ends = new WeakMap<object, PortEnd>();
  readonly #own = new WeakSet<OpenSpan>();
  /** Of pools' tasks, whose they are. */
  readonly tasks = new TaskPosters();
  /** Puts back how Node hands over what has come, for ports that are still there. */
  readonly #releases = new WeakMap<object, () => void>();
  #watched: WeakRef<object>[] = [];
  #lookAt = 64;
  #taken: Taken | undefined;
  #isEndDue = false;
  /** Something that has come is being handled right now. */
  #isHandling = false;

  constructor(kit: PortsKit, carried: CarriedPorts, arrived: (port: MessagePort, carried: CarriedPort) => void) {
    [this.#kit, this.#carried, this.#arrived] = [kit, carried, arrived];
  }

  of(port: unknown): PortEnd | undefined {
    return isObject(port) ? this.#ends.get(port) : undefined;
  }

  add(port: object, end: PortEnd): void {
    this.#ends.set(port, end);
    this.watchReceiving(port, end);
  }

  /** What a thread is started with, which is told to it before any message. */
  noteStart({ channel }: PortEnd, ports: readonly CarriedPort[]): void {
    this.#carried.note({ channel: channel.number, direction: 0, number: 0 }, ports);
  }

  adoptStart({ channel }: PortEnd, data: unknown): void {
    this.#adopt({ channel: channel.number, direction: 0, number: 0 }, data);
  }

  /** `work` posts what was `given` to postMessage. */
  post(end: PortEnd, given: readonly unknown[], work: () => unknown): unknown {
    const { guest, messages, isOn } = this.#kit;
    const { channel, sends, sending } = end;
    const number = sending.bytes + 1;
    const carrier = { channel: channel.number, direction: sends, number };
    const leaving = guest.runAsGuest(() => {
      const ports = this.leaving(given);
      this.#carried.note(
        carrier,
        ports.map(({ carried }) => carried),
      );
      if (!isOn()) return ports;
      if (channel.local === undefined) messages.sentBytes(sending, sending.bytes, number);
      const { current } = this.#kit.context;
      const isInHandler = this.#isHandling || (current !== undefined && this.#own.has(current));
      channel.posted.note(channel.number, sends, number, this.tasks.of(given[0], current, isInHandler));
      const taken = this.#taken;
      if (taken?.of === end && current === taken.span) taken.end(true);
      return ports;
    }, []);
    let result: unknown;
    try {
      result = work();
    } catch (error) {
      // What cannot be copied is not posted, and its number is that of what comes next.
      this.#carried.note(
        carrier,
        leaving.map(() => unknownPort),
      );
      throw error;
    }
    sending.bytes++;
    for (const { port } of leaving) this.#ends.delete(port);
    return result;
  }

  /** The ports that go along, as those are told of them who take them. */
  leaving(given: readonly unknown[]): readonly { readonly port: object; readonly carried: CarriedPort }[] {
    const [posted, options] = given;
    const list = Array.isArray(options) ? options : isObject(options) ? dataProperty(options, "transfer") : undefined;
    if (!Array.isArray(list) || list.length === 0 || !copyOf(list).some((each) => this.of(each) !== undefined))
      return [];
    return (portsIn(posted) ?? []).map((port) => ({ port, carried: this.#carriedFrom(port) }));
  }

  #carriedFrom(port: object): CarriedPort {
    const end = this.#ends.get(port);
    if (end === undefined) return unknownPort;
    const { channel, sends, sending, receiving } = end;
    // That there are these ends, and what has gone before.
    for (const local of channel.local ?? []) this.#kit.messages.sentBytes(local.sending, 0, local.sending.bytes);
    channel.local = undefined;
    return { channel: channel.number, sends, sent: sending.bytes, received: receiving.bytes };
  }

  /** Ports that have come with this are followed from now on. */
  #adopt(carrier: Carrier, data: unknown): void {
    const carried = this.#carried.find(carrier);
    const ports = carried === undefined ? undefined : portsIn(data, carried.length);
    if (carried === undefined || ports?.length !== carried.length) return;
    ports.forEach((port, at) => {
      const known = carried[at];
      if (known !== undefined && known.channel !== 0) this.#arrived(port, known);
    });
  }

  /** `data` has come. Returns where what it leads to hangs. */
  #received({ channel, receiving, sends }: PortEnd, data: unknown): SpanParent | undefined {
    const number = ++receiving.bytes;
    const direction = sends === 0 ? 1 : 0;
    this.#adopt({ channel: channel.number, direction, number }, data);
    if (!this.#kit.isOn()) return undefined;
    if (channel.local === undefined) this.#kit.messages.received(receiving, number, channel.from);
    return channel.posted.find(channel.number, direction, number);
  }

  #beginSpan({ channel, sends }: PortEnd, parent: SpanParent): OpenSpan {
    const span = this.#kit.sink.startSpan(
      "process thread message",
      "consumer",
      parent,
      channel.about[sends === 0 ? 1 : 0],
    );
    this.#own.add(span);
    return span;
  }

  watchReceiving(port: object, end: PortEnd): void {
    const dispatch: unknown = Reflect.get(port, dispatchKey);
    if (!isFunction(dispatch)) return;
    const { guest, context, sink } = this.#kit;
    const standIn = (self: unknown, args: unknown[]): unknown => {
      // Three are given by Node itself; the program may dispatch what it likes.
      const isFromNode = args.length === 3 && args[2] === undefined;
      if (isFromNode && args[1] === "messageerror") end.receiving.bytes++;
      if (!isFromNode || args[1] !== "message") return Reflect.apply(dispatch, self, args);
      const span = guest.runAsGuest(() => {
        const parent = this.#received(end, args[0]);
        return parent === undefined ? undefined : this.#beginSpan(end, parent);
      }, undefined);
      const before = this.#isHandling;
      this.#isHandling = true;
      try {
        const work = (): unknown => Reflect.apply(dispatch, self, args);
        return span === undefined ? work() : context.run(span, work);
      } finally {
        this.#isHandling = before;
        if (span !== undefined) guest.runAsGuest(() => sink.endSpan(span, "unset", undefined, {}), undefined);
      }
    };
    const method = function (this: unknown, ...args: unknown[]): unknown {
      return standIn(this, args);
    };
    passFor(method, dispatch);
    Object.defineProperty(port, dispatchKey, { value: method, configurable: true, writable: true });
    this.#releases.set(port, () => void Reflect.deleteProperty(port, dispatchKey));
    this.#watched.push(new WeakRef(port));
    if (this.#watched.length > this.#lookAt) {
      this.#watched = this.#watched.filter((known) => known.deref() !== undefined);
      this.#lookAt = 2 * this.#watched.length + 64;
    }
  }

  /**
   * What `receiveMessageOnPort` has returned for a port; undefined where there was nothing. What comes after it until it is
   * called again is put down to that message; but who works for a request goes on to do so.
   */
  taken(end: PortEnd | undefined, result: unknown): void {
    const { context } = this.#kit;
    this.#isHandling = result !== undefined;
    if (this.#isHandling) queueMicrotask(() => (this.#isHandling = false));
    const { current } = context;
    const last = this.#taken;
    last?.end();
    const before = last !== undefined && current === last.span ? last.before : current;
    if (end === undefined || result === undefined) {
      this.#taken = undefined;
      if (before !== current) context.enter(before);
      return;
    }
    const parent = this.#received(end, isObject(result) ? dataProperty(result, "message") : undefined);
    if (current !== undefined && !this.#own.has(current)) return;
    const span = parent === undefined ? undefined : this.#beginSpan(end, parent);
    this.#taken = { of: end, span, before, end: span === undefined ? () => undefined : this.#endOnce(span) };
    if (span !== current) context.enter(span);
  }

  /** `receiveMessageOnPort` has taken something that cannot be read in this thread, and thrown. */
  takenUnread(end: PortEnd | undefined): void {
    if (end !== undefined) end.receiving.bytes++;
    this.taken(end, undefined);
  }

  /** Where nobody says when it is over, that is when the code has returned that took it. */
  #endOnce(span: OpenSpan): (isNow?: boolean) => void {
    const { guest, sink, context } = this.#kit;
    let returnedMs: number | undefined;
    context.runOutside(() => queueMicrotask(() => (returnedMs ??= sink.clockMs())));
    // One at a time: a thread that waits by Atomics gets to none of them, however many messages it takes.
    if (!this.#isEndDue) {
      this.#isEndDue = true;
      const endLast = (): void => {
        this.#isEndDue = false;
        guest.runAsGuest(() => this.#taken?.end(), undefined);
      };
      context.runOutside(() => setImmediate(endLast).unref());
    }
    return (isNow = false) => {
      if (span.hasEnded !== true) sink.endSpan(span, "unset", undefined, {}, isNow ? undefined : returnedMs);
    };
  }

  release(): void {
    for (const known of this.#watched) {
      const port = known.deref();
      if (port !== undefined) this.#releases.get(port)?.();
    }
    this.#watched = [];
  }
}

const unknownPort: CarriedPort = { channel: 0, sends: 0, sent: 0, received: 0 };
