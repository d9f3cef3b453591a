// The time of day that expiries and answers go by. The incident `clock-step` sets it back, as a correction of the machine's
// clock would: a program that asks Date.now sees the same. The machine's own clock is not touched.
import { isOn } from "./incidents.mjs";

const stepMs = -90_000;

/** Milliseconds since the epoch. */
export function businessNow() {
  return isOn("clock-step") ? Date.now() + stepMs : Date.now();
}
