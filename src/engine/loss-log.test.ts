import { expect, it } from "vitest";
import { type Seq, instant, processId, seq } from "../shared/trace/time.js";
import type { Loss } from "../shared/trace/write.js";
import { LossLog } from "./loss-log.js";
import type { RecordingAccess } from "./recording-access.js";
import { StateGraphs } from "./state-graphs.js";
import { changedAt, noChanges } from "./store/last-changes.js";

it("asks for losses again when there may be others, and not after other commits", async () => {
  const process = processId(1);
  const losses: Loss[] = [];
  let [asked, commits, changes] = [0, 0, noChanges];
  const access: RecordingAccess = {
    writes: { read: () => Promise.resolve([]) },
    facts: () => ({ state: "live", start: instant(0n), end: instant(0n), processes: [], scopes: [] }),
    instantOf: () => Promise.resolve(instant(0n)),
    losses: () => {
      asked++;
      return Promise.resolve([...losses]);
    },
    generation: () => commits,
    changes: () => changes,
  };
  const log = new LossLog(access, access.writes, new StateGraphs(access, access.writes));
  const lost = (at: Seq): void => void losses.push({ seq: at, since: instant(5n) });
  const found = async (): Promise<number> => [...((await log.of(process))?.ranges() ?? [])].length;
  expect([await found(), asked]).toEqual([0, 1]);
  changes = changedAt(changes, ["writes", "found", "segments", "scopes"], ++commits);
  expect([await found(), asked]).toEqual([0, 1]);
  lost(seq(7));
  changes = changedAt(changes, ["marks"], ++commits);
  expect([await found(), asked]).toEqual([1, 2]);
  changes = changedAt(changes, ["writes"], ++commits);
  expect([await found(), asked]).toEqual([1, 2]);
  losses.length = 0;
  changes = changedAt(changes, ["removed"], ++commits);
  expect([await found(), asked]).toEqual([0, 3]);
});
