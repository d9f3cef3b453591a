// What `record` and `run` say while they record, when something will soon be wrong: each thing once.
import type { Disposables } from "../shared/base/disposables.js";
import type { Call } from "../shared/protocol/rpc.js";
import { complain } from "./terminal.js";
import type { World } from "./world.js";

const firstLookMs = 1000;
const lookEveryMs = 3000;
const lastLookMs = 500;

export function tellWarnings({ terminal }: World, call: Call, recordingId: string, owned: Disposables): void {
  const told = new Set<string>();
  const look = async (): Promise<void> => {
    const summary = await call("recording.summary", { recordingId });
    const warning = summary.ok ? summary.value.warning : undefined;
    if (warning !== undefined && !told.has(warning.code)) await complain(terminal, warning);
    if (warning !== undefined) told.add(warning.code);
    if (!isOver) timer = setTimeout(() => void look(), lookEveryMs);
  };
  let isOver = false;
  let timer = setTimeout(() => void look(), firstLookMs);
  owned.defer(async () => {
    isOver = true;
    clearTimeout(timer);
    // What came up since the last look; nobody waits for an engine that does not answer.
    let gaveUp: ReturnType<typeof setTimeout> | undefined;
    const enough = new Promise<void>((resolve) => (gaveUp = setTimeout(resolve, lastLookMs)));
    await Promise.race([look(), enough]);
    clearTimeout(gaveUp);
  });
}
