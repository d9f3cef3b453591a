// Joins what is chosen by name to the agent: when what was begun is looked at, and what of a secret's name is not read.
import type { ProbeKit } from "./probe-kit.js";
import { ChosenState } from "./state/index.js";

interface Followed {
  follow(scope: string, value: unknown, location: number): void;
  leaveOut(): void;
}

/** Undefined where nothing was chosen. */
export function chosenState(
  names: readonly string[],
  { guest: anywhere, context, redaction }: ProbeKit,
  followed: Followed,
): ChosenState | undefined {
  if (names.length === 0) return undefined;
  const guest = anywhere.at("chosen state");
  const { setImmediate } = guest.originals;
  const chosen: ChosenState = new ChosenState({
    names,
    ...followed,
    placeholderFor: (name) => redaction.placeholder(name),
    soon: () =>
      context.runOutside(() => setImmediate(() => guest.runAsGuest(() => chosen.settle(), undefined)).unref()),
  });
  return chosen;
}
