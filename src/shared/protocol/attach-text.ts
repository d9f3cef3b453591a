// What people type to attach: the program, by process id or inspector's address, and the values to follow from the beginning.
import * as v from "valibot";
import { type AttachTarget, type TrackedGlobal, attachTarget, trackedGlobal } from "./attach-calls.js";

/** `4711`, `127.0.0.1:9229`, `[::1]:9229`; undefined for anything else. */
export function targetFromText(typed: string): AttachTarget | undefined {
  const [, ipv6, host = ipv6, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(typed) ?? [];
  const target =
    host === undefined
      ? { kind: "pid", pid: /^\d{1,10}$/.test(typed) ? Number(typed) : 0 }
      : { kind: "address", host, port: Number(port) };
  const read = v.safeParse(attachTarget, target);
  return read.success ? read.output : undefined;
}

/** `carts=globalThis.carts`; a name alone is that global. */
export function trackedFromText(typed: string): TrackedGlobal | undefined {
  const [, name, expression = name] = /^([^=]+)(?:=([^]+))?$/.exec(typed) ?? [];
  const read = v.safeParse(trackedGlobal, { name, expression });
  return read.success ? read.output : undefined;
}
