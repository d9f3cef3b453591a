// What stands in for a function of Node's loader without being seen in a stack. Every module of the program runs inside the
// loader's functions, so that a function of ours around one of them would stand in each stack that is made meanwhile, and
// push one of the program's own frames out of it. A WebAssembly function does not: it calls what is ours, which returns,
// and ends in a tail call of the original. It is the trap of a Proxy, because by itself it would not hear of `this`.
import { setFlagsFromString } from "node:v8";

export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Says what is called with `args`, which it may change; it must not throw. */
export type Choose = (self: unknown, args: unknown[]) => Method;

type Trap = (target: unknown, self: unknown, args: unknown[]) => unknown;

// @types/node has no types for it.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

const externref = 0x6f;
const threeToOne = [0x60, 3, externref, externref, externref, 1, externref];
const twoToOne = [0x60, 2, externref, externref, 1, externref];
const nameOf = (text: string): number[] => [text.length, ...Buffer.from(text)];
const section = (id: number, content: readonly number[]): number[] => [id, content.length, ...content];

/** (func (param $target $self $args) (return_call $apply (call $choose $self $args) $self $args)) */
const body = [0, 0x20, 1, 0x20, 2, 0x10, 1, 0x20, 1, 0x20, 2, 0x12, 0, 0x0b];
const bytes = (): Uint8Array =>
  Uint8Array.of(
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [2, ...threeToOne, ...twoToOne]),
    ...section(2, [2, ...nameOf("own"), ...nameOf("apply"), 0, 0, ...nameOf("own"), ...nameOf("choose"), 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...nameOf("trap"), 0, 2]),
    ...section(10, [1, body.length, ...body]),
  );

/** Undefined where there is no WebAssembly (`--jitless`), or it may not be used. */
export function tailCalling(choose: Choose): Trap | undefined {
  try {
    return withTailCalls(() => {
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes()), {
        own: { apply: Reflect.apply, choose },
      });
      return isTrap(exports["trap"]) ? exports["trap"] : undefined;
    });
  } catch {
    return undefined;
  }
}

const isTrap = (value: unknown): value is Trap => typeof value === "function";

/** V8 has them since version 11.2, Node.js 20; before, they were there and had to be asked for. */
function withTailCalls<T>(work: () => T): T {
  if (Number.parseInt(process.versions.v8) >= 11) return work();
  setFlagsFromString("--experimental-wasm-return-call");
  try {
    return work();
  } finally {
    setFlagsFromString("--no-experimental-wasm-return-call");
  }
}
