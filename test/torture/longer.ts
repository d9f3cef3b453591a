// How much of a test of the gate torture does: set before that test is imported, and only where nobody asked for something
// else.
const isFull = process.env["TORTURE"] === "full";

/** `FUZZ_SEED` alone stays one round. */
export function fuzzLonger(seconds: { readonly usual: number; readonly full: number }): void {
  if (isAbsent("FUZZ_SEED")) setIfAbsent("FUZZ_SECONDS", isFull ? seconds.full : seconds.usual);
}

export function damageMore(seeds: { readonly usual: number; readonly full: number }): void {
  setIfAbsent("RECOVERY_SEEDS", isFull ? seeds.full : seeds.usual);
}

const isAbsent = (name: string): boolean => (process.env[name] ?? "") === "";

function setIfAbsent(name: string, value: number): void {
  if (isAbsent(name)) process.env[name] = String(value);
}
