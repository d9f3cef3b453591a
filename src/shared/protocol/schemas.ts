// What the schemas of the engine's contract are put together from.
import * as v from "valibot";
import { type HindcastError, isErrorCode } from "./errors.js";

export const text = v.string();
export const count = v.number();
/** Of what is asked: a fraction, or more than a double can tell, names nothing. */
export const whole = v.pipe(v.number(), v.safeInteger());
export const ns = v.bigint();
export const f64 = v.instance(Float64Array);
export const u32 = v.instance(Uint32Array);
export const u16 = v.instance(Uint16Array);
export const u8 = v.instance(Uint8Array);
export const texts = v.array(text);
export const nothing = v.object({});

/** A position: an instant, or right after one record of one process. */
export const at = v.variant("kind", [
  v.object({ kind: v.literal("instant"), instant: ns }),
  v.object({ kind: v.literal("seq"), process: whole, seq: whole }),
]);

/** What a call is about. */
export const recording = { recordingId: text };

/** How a program ended: with a code, or by a signal. */
export const howEnded = { exitCode: v.optional(count), signal: v.optional(text) };

export function isHindcastError(value: unknown): value is HindcastError {
  const shape = v.safeParse(v.object({ code: text, details: v.record(text, text) }), value);
  return shape.success && isErrorCode(shape.output.code);
}
