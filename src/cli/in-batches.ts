// Lines as they come in: all that are there by now at once, without waiting for those that are not.
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** Stops reading when it is left early: an input that stays open does not keep the process. */
export async function* inBatches(input: Readable): AsyncGenerator<readonly string[]> {
  let waiting: string[] = [];
  let wake: () => void = () => undefined;
  let ended: { readonly error: Error | undefined } | undefined;
  const end = (error?: Error): void => {
    ended ??= { error };
    wake();
  };
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on("line", (line) => {
    waiting.push(line);
    wake();
  });
  lines.on("close", () => end());
  // The interface hands on its input's errors from Node 22 on.
  lines.on("error", end);
  input.on("error", end);
  try {
    for (;;) {
      while (waiting.length === 0 && ended === undefined) await new Promise<void>((resolve) => (wake = resolve));
      if (waiting.length === 0) break;
      const batch = waiting;
      waiting = [];
      yield batch;
    }
    if (ended?.error !== undefined) throw ended.error;
  } finally {
    lines.close();
    input.off("error", end);
  }
}
