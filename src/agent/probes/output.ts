// What the program writes to its standard output and error by their streams, as logs, a line each: whatever no console and
// no logger has told already. The stream's own `write` runs as it would, with what it was given and for what it returns. It is
// replaced on the prototype of the stream, not on the stream: loggers look there for others who have changed it, and would
// write otherwise. Not seen: what goes to the descriptor by another way, as file system calls do.
import { StringDecoder } from "node:string_decoder";
import { types } from "node:util";
import { severities } from "../../shared/trace/attributes.js";
import { bytesIn } from "../byte-count.js";
import { isFunction, isObject } from "../own-data.js";
import { passFor, replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import type { OpenSpan } from "../record-sink.js";
import { type OutputEntry, OutputLines } from "./output-lines.js";
import { isSaidAlready, isWarningOfNode, writingWhatIsSaid } from "./said.js";
import { watchThreadOutput } from "./thread-output.js";

type StreamName = "stdout" | "stderr";

/** In one second, of one stream: a program that hands on a file that way has no lines to tell. */
const mostUnits = 1 << 20;
const mostEntries = 2000;
const looksBinaryWithin = 512;

export function installOutput(kit: ProbeKit): () => void {
  const { guest, rounds } = kit;
  const outputs: Partial<Record<StreamName, Output>> = {};
  // Asked at each write of any socket, where the program's output goes into one.
  let [stdout, stderr]: (object | undefined)[] = [];
  const patched = new Map<object, () => void>();
  const patch = (prototype: object): (() => void) =>
    replaceMethod(
      prototype,
      "write",
      (write) =>
        function (...args) {
          if (this !== stdout && this !== stderr) return Reflect.apply(write, this, args);
          const output = this === stdout ? outputs.stdout : outputs.stderr;
          if (!isSaidAlready() && !threads.isPassingOn() && !isWarningOfNode(args[0]))
            guest.runAsGuest(() => output?.take(args[0], args[1]), undefined);
          return writingWhatIsSaid(() => Reflect.apply(write, this, args));
        },
    );
  const watch = (name: StreamName): (() => void) =>
    onFirstUse(name, (stream) =>
      guest.runAsGuest(() => {
        const prototype: unknown = Reflect.getPrototypeOf(stream);
        // One of the program's own that is no class is left alone.
        if (!isObject(prototype) || !isFunction(Reflect.get(prototype, "write"))) return;
        if (name === "stdout") stdout = stream;
        else stderr = stream;
        outputs[name] ??= new Output(kit, name);
        if (!patched.has(prototype)) patched.set(prototype, patch(prototype));
      }, undefined),
    );
  const round = (isLast: boolean): void => {
    for (const output of Object.values(outputs)) output.round(isLast);
  };
  const threads = watchThreadOutput(guest);
  return together([
    () => {
      for (const putBack of patched.values()) putBack();
    },
    rounds.add(guest, round),
    threads.uninstall,
    watch("stdout"),
    watch("stderr"),
  ]);
}

class Output {
  readonly #kit: ProbeKit;
  readonly #name: StreamName;
  readonly #decoder = new StringDecoder("utf8");
  readonly #lines: OutputLines<OpenSpan | undefined>;
  #isSettling = false;
  #wasPartial = false;
  #units = 0;
  #entries = 0;
  #leftOutBytes = 0;
  #binaryBytes = 0;

  constructor(kit: ProbeKit, name: StreamName) {
    this.#kit = kit;
    this.#name = name;
    this.#lines = new OutputLines(
      (entry) => this.#log(entry),
      (text) => kit.redaction.text(text),
    );
  }

  take(chunk: unknown, encoding: unknown): void {
    const bytes = bytesIn(chunk, encoding);
    if (bytes === 0) return;
    if (isBinary(chunk, encoding)) return void (this.#binaryBytes += bytes);
    this.#units += bytes;
    if (this.#units > mostUnits || this.#entries >= mostEntries) return void (this.#leftOutBytes += bytes);
    const text = typeof chunk === "string" ? chunk : types.isUint8Array(chunk) ? this.#decoder.write(chunk) : "";
    this.#lines.take(text, this.#kit.context.current);
    if (this.#lines.isHolding) this.#settleSoon();
  }

  round(isLast: boolean): void {
    // A line that has not ended since the last time does not look as if it would soon.
    if (isLast || (this.#lines.hasPartial && this.#wasPartial)) this.#lines.settleAll();
    else this.#lines.settle();
    this.#wasPartial = this.#lines.hasPartial;
    this.#units = 0;
    this.#entries = 0;
    if (this.#leftOutBytes + this.#binaryBytes === 0) return;
    const facts = { "log.iostream": this.#name, "hindcast.output.binary": this.#binaryBytes };
    this.#kit.sink.event("hindcast.output.left-out", { ...facts, "hindcast.output.text": this.#leftOutBytes });
    this.#leftOutBytes = 0;
    this.#binaryBytes = 0;
  }

  /** The frames of a stack trace may be written one by one: they are, as a rule, before anything else happens. */
  #settleSoon(): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    const { guest } = this.#kit;
    queueMicrotask(() => {
      this.#isSettling = false;
      guest.runAsGuest(() => this.#lines.settle(), undefined);
    });
  }

  #log({ lines, origin, isStackTrace }: OutputEntry<OpenSpan | undefined>): void {
    this.#entries++;
    const { context, sink } = this.#kit;
    const severity = isStackTrace ? severities.error : severities.info;
    context.resume(origin, () => sink.log(severity, this.#name, lines.join("\n"), {}));
  }
}

/** Of text there is no zero, and nothing but text has an encoding of its own. */
function isBinary(chunk: unknown, encoding: unknown): boolean {
  if (typeof chunk === "string")
    return typeof encoding === "string"
      ? /^(?:hex|base64|base64url)$/i.test(encoding)
      : chunk.lastIndexOf("\0", looksBinaryWithin) >= 0;
  if (!types.isUint8Array(chunk)) return true;
  for (let at = 0; at < looksBinaryWithin; at++) {
    const byte: unknown = chunk[at];
    if (byte === undefined) return false;
    if (byte === 0) return true;
  }
  return false;
}

/** Node makes these streams when they are first asked for: earlier would change what the program's descriptors are. */
function onFirstUse(name: StreamName, notice: (stream: object) => void): () => void {
  const before = Object.getOwnPropertyDescriptor(process, name);
  const original: unknown = before?.get;
  if (before?.configurable !== true || !isFunction(original)) return () => undefined;
  let known: unknown;
  const get = function (this: unknown): unknown {
    const stream = Reflect.apply(original, this, []);
    if (stream !== known && isObject(stream)) {
      known = stream;
      notice(stream);
    }
    return stream;
  };
  passFor(get, original);
  Object.defineProperty(process, name, { ...before, get });
  return () => {
    if (Object.getOwnPropertyDescriptor(process, name)?.get === get) Object.defineProperty(process, name, before);
  };
}
