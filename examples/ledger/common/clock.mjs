// The time of day of a service: what Date.now says in it, to its own code (expiries, dates of payments) and to packages (the time
// in each line of its log). The incident `clock-step` sets it back, as a correction of the machine's clock would. The machine's
// own clock is not touched, nor what measures how long something takes.
import { isOn } from "./incidents.mjs";

const stepMs = -90_000;
const machineNow = Date.now;

/** Milliseconds since the epoch. */
export function businessNow() {
  return isOn("clock-step") ? machineNow() + stepMs : machineNow();
}

Date.now = businessNow;
