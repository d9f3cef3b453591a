// Stacks of a program whose source was rewritten as it loaded: they tell of the places in what was written. Node makes the text of
// a stack by joining its call sites, each of which becomes a text by `Symbol.toPrimitive`, where there is one. V8 has none; what
// stands there from now on is what V8 writes, put right. No code of the program is run, and no frame is added to any stack.
// It relies on originals only, whatever the program does to its realm.
import { tailCalling } from "./frameless.js";

const { apply, defineProperty, deleteProperty, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
const { indexOf, slice } = String.prototype;
const RealmError = Error;
const { captureStackTrace } = RealmError;

/** None of these ever throws. */
export interface WrittenPlaces {
  /** The text of one call site put right, given the file that V8 says it is in. */
  text(text: string, file: unknown): string;
  /** Columns of files that bring a source map for what runs stay as they are. */
  column(file: unknown, line: unknown, column: unknown): unknown;
  name(name: unknown): unknown;
}

type Method = (this: unknown, ...given: unknown[]) => unknown;
const isMethod = (value: unknown): value is Method => typeof value === "function";
const callSiteMethods = ["toString", "getFileName", "getLineNumber", "getColumnNumber", "getFunctionName"] as const;
type CallSiteMethods = Readonly<Record<(typeof callSiteMethods)[number], Method>>;

/** Undone by what is returned. */
export function showWrittenPlaces(written: WrittenPlaces): () => void {
  const prototype = callSitePrototype();
  const of = prototype && methodsOf(prototype);
  if (prototype === undefined || of === undefined) return () => undefined;
  const toPrimitive = {
    [Symbol.toPrimitive](this: unknown): unknown {
      const text = apply(of.toString, this, []);
      return typeof text === "string" ? written.text(text, apply(of.getFileName, this, [])) : text;
    },
  }[Symbol.toPrimitive];
  const isThere = defineProperty(prototype, Symbol.toPrimitive, { value: toPrimitive, configurable: true });
  return () => void (isThere && deleteProperty(prototype, Symbol.toPrimitive));
}

/**
 * The call sites that the program's own `Error.prepareStackTrace` is given tell the same. The program finds there what it put there;
 * Node alone, which calls it, finds what puts the call sites right on the way.
 */
export function giveWrittenPlaces(written: WrittenPlaces): () => void {
  const prototype = callSitePrototype();
  const of = prototype && methodsOf(prototype);
  const found = getOwnPropertyDescriptor(RealmError, "prepareStackTrace");
  if (of === undefined || found?.configurable === false || (found !== undefined && !("value" in found)))
    return () => undefined;
  const usual: unknown = found?.value;
  let current = usual;
  let isLooking = false;
  const correct = (site: unknown): void => {
    if (typeof site !== "object" || site === null) return;
    const [file, line] = [apply(of.getFileName, site, []), apply(of.getLineNumber, site, [])];
    const [column, name] = [apply(of.getColumnNumber, site, []), apply(of.getFunctionName, site, [])];
    const [writtenColumn, writtenName] = [written.column(file, line, column), written.name(name)];
    if (writtenColumn === column && writtenName === name) return;
    const text = written.text(String(apply(of.toString, site, [])), file);
    defineProperty(site, "getColumnNumber", { value: () => writtenColumn });
    defineProperty(site, "getFunctionName", { value: () => writtenName });
    defineProperty(site, "toString", { value: () => text });
  };
  const trap = tailCalling((_self, given) => {
    const sites = given[1];
    if (Array.isArray(sites)) for (let at = 0; at < sites.length; at++) correct(sites[at]);
    return isMethod(current) ? current : () => undefined;
  });
  if (trap === undefined) return () => undefined;
  const forNode = new Proxy(() => undefined, { apply: trap });
  const collect = (_error: unknown, sites: unknown): unknown => sites;
  const isAskedByNode = (asked: Method): boolean => {
    const holder: { stack?: unknown } = {};
    isLooking = true;
    try {
      captureStackTrace(holder, asked);
      // While a stack is made, V8 makes another one by itself: a text. Who asks stands first in it.
      const text = holder.stack;
      if (typeof text !== "string") return false;
      const first = apply(indexOf, text, ["\n    at ", 0]);
      const end = apply(indexOf, text, ["\n", Number(first) + 1]);
      const frame = apply(slice, text, [first, Number(end) < 0 ? text.length : end]);
      return Number(apply(indexOf, frame, ["node:internal/errors:", 0])) >= 0;
    } catch {
      return false;
    } finally {
      isLooking = false;
    }
  };
  const get = function (this: unknown): unknown {
    if (isLooking) return collect;
    return isMethod(current) && current !== usual && isAskedByNode(get) ? forNode : current;
  };
  const set = function (this: unknown, value: unknown): void {
    if (this === RealmError) current = value;
    else if (typeof this === "function")
      defineProperty(this, "prepareStackTrace", { value, configurable: true, enumerable: true, writable: true });
  };
  defineProperty(RealmError, "prepareStackTrace", { get, set, configurable: true, enumerable: false });
  return () => {
    if (getOwnPropertyDescriptor(RealmError, "prepareStackTrace")?.get !== get) return;
    if (found === undefined && current === undefined) deleteProperty(RealmError, "prepareStackTrace");
    else
      defineProperty(RealmError, "prepareStackTrace", {
        enumerable: true,
        writable: true,
        ...found,
        value: current,
        configurable: true,
      });
  };
}

function methodsOf(prototype: object): CallSiteMethods | undefined {
  const [toString, getFileName, getLineNumber, getColumnNumber, getFunctionName] = callSiteMethods.map(
    (name): unknown => {
      return getOwnPropertyDescriptor(prototype, name)?.value;
    },
  );
  if (!isMethod(toString) || !isMethod(getFileName) || !isMethod(getLineNumber)) return undefined;
  if (!isMethod(getColumnNumber) || !isMethod(getFunctionName)) return undefined;
  return { toString, getFileName, getLineNumber, getColumnNumber, getFunctionName };
}

/** What all call sites of this realm inherit from. */
function callSitePrototype(): object | undefined {
  const found = getOwnPropertyDescriptor(RealmError, "prepareStackTrace");
  if (found?.configurable === false || typeof captureStackTrace !== "function") return undefined;
  let first: unknown;
  const value = (_error: unknown, sites: readonly unknown[]): void => void (first = sites[0]);
  defineProperty(RealmError, "prepareStackTrace", { value, configurable: true });
  const holder: { stack?: unknown } = {};
  captureStackTrace(holder);
  void holder.stack;
  if (found === undefined) deleteProperty(RealmError, "prepareStackTrace");
  else defineProperty(RealmError, "prepareStackTrace", found);
  return typeof first === "object" && first !== null ? (getPrototypeOf(first) ?? undefined) : undefined;
}
