// How many listeners emitters of the program have, each second, by the name of their class: of each class the most that any one
// emitter has, all its events together. One that only grows is a leak, long before Node warns of eleven for one event.
// Emitters are met as they are made. A few of each class are looked at, and held weakly: the oldest, which others come and go beside,
// and those with the most listeners; the rest make room for newer ones. What they hold is read as data; nothing of the program's is run.
// Not by event: its names may be anything, the ids of customers too.
import { EventEmitter } from "node:events";
import { types } from "node:util";
import { classNameOf, dataProperty, isFunction, isObject } from "../own-data.js";
import { passFor, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";

/** Beyond that classes are left alone: programs have some dozens. */
const mostClasses = 64;
const mostOfClass = 12;
/** Of the oldest, and besides them of those with most listeners. */
const keptOfClass = 4;
/** A class none of whose emitters ever had so many is not told of. */
const leastTold = 5;
/** With so many events only they are counted, and not the listeners to each. */
const mostEvents = 1000;
/** Each second. */
const mostMet = 2000;

const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object;
const { apply } = Reflect;
const { isProxy } = types;

interface Emitters {
  readonly refs: WeakRef<object>[];
  name: string | undefined;
  isTold: boolean;
}

type Kit = Pick<ProbeKit, "guest" | "rounds"> & { readonly sink: Pick<ProbeKit["sink"], "metric"> };

export function watchEmitters({ guest, sink, rounds }: Kit): () => void {
  const byPrototype = new WeakMap<object, Emitters>();
  const classes: Emitters[] = [];
  let left = mostMet;
  const made = (emitter: object): void => {
    const prototype: unknown = getPrototypeOf(emitter);
    if (!isObject(prototype)) return;
    let emitters = byPrototype.get(prototype);
    if (emitters === undefined) {
      if (classes.length >= mostClasses) return;
      emitters = { refs: [], name: undefined, isTold: false };
      byPrototype.set(prototype, emitters);
      classes.push(emitters);
    }
    if (emitters.refs.length < mostOfClass) emitters.refs.push(new WeakRef(emitter));
  };
  const tell = (): void => {
    left = mostMet;
    const most = new Map<string, number>();
    for (const emitters of classes) {
      const count = mostListeners(emitters);
      if (count >= leastTold) emitters.isTold = true;
      const { name, isTold } = emitters;
      if (isTold && name !== undefined) most.set(name, Math.max(count, most.get(name) ?? 0));
    }
    for (const [name, count] of most)
      sink.metric("nodejs.emitter.listeners.max", "{listener}", count, { "nodejs.emitter.kind": name });
  };
  return together([
    replaceInit((emitter) => {
      // In a second with very many they are those of requests, which are gone when it is over.
      if (left === 0) return;
      left--;
      if (isObject(emitter) && !isProxy(emitter)) made(emitter);
    }),
    rounds.add(guest, tell),
  ]);
}

/** Less than `replaceMethod` has to do, since this is called for every request some times. */
function replaceInit(seen: (emitter: unknown) => void): () => void {
  const before = getOwnPropertyDescriptor(EventEmitter, "init");
  const init: unknown = before?.value;
  if (!isFunction(init) || before?.configurable !== true) return () => undefined;
  let isOn = true;
  const standIn = function (this: unknown, options: unknown): unknown {
    if (isOn) seen(this);
    return apply(init, this, [options]);
  };
  passFor(standIn, init);
  defineProperty(EventEmitter, "init", { ...before, value: standIn });
  return () => {
    isOn = false;
    if (getOwnPropertyDescriptor(EventEmitter, "init")?.value === standIn) defineProperty(EventEmitter, "init", before);
  };
}

/** Of those of one class that are still there; afterwards there is room for others. */
function mostListeners(emitters: Emitters): number {
  const { refs } = emitters;
  const alive = refs.flatMap((ref) => {
    const emitter = ref.deref();
    return emitter === undefined ? [] : [{ ref, emitter, count: listenersOf(emitter) }];
  });
  const [first] = alive;
  // When it was met its constructor was not set yet, perhaps.
  if (first !== undefined) emitters.name ??= classNameOf(first.emitter) || "(anonymous)";
  const [oldest, others] = [alive.slice(0, keptOfClass), alive.slice(keptOfClass)];
  const kept = [...oldest, ...others.sort((a, b) => b.count - a.count).slice(0, keptOfClass)];
  refs.splice(0, refs.length, ...kept.map(({ ref }) => ref));
  return Math.max(0, ...kept.map(({ count }) => count));
}

/** As Node holds them: a function, or a list of them, for each event. */
export function listenersOf(emitter: object): number {
  const events = dataProperty(emitter, "_events");
  const eventCount = dataProperty(emitter, "_eventsCount");
  if (!isObject(events) || isProxy(events) || typeof eventCount !== "number") return 0;
  if (eventCount > mostEvents) return eventCount;
  let count = 0;
  for (const name of Reflect.ownKeys(events)) {
    const listeners = dataProperty(events, name);
    if (typeof listeners === "function") count++;
    else if (Array.isArray(listeners) && !isProxy(listeners)) count += listeners.length;
  }
  return count;
}
