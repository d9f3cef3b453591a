import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { LoadMeter } from "./load-meter.js";

it("keeps the most that waited and the slowest commit, and goes on from an engine before it", () => {
  const meter = new LoadMeter(undefined);
  meter.committed({ rows: 10, bytes: 1000 }, 5, 3);
  meter.committed({ rows: 4, bytes: 2000 }, 9, 0);
  const seen = { waitingRows: 0, mostWaitingRows: 10, mostWaitingBytes: 2000, commits: 2, slowestCommitMs: 9 };
  expect(meter.load).toMatchObject(seen);
  const next = new LoadMeter({ ...meter.load, seconds: 10, cpuSeconds: 4 });
  next.committed({ rows: 11, bytes: 1 }, 1, 7);
  expect(next.load).toMatchObject({
    ...{ seconds: 10, cpuSeconds: 4, cpuShare: 0, waitingRows: 7 },
    ...{ mostWaitingRows: 11, mostWaitingBytes: 2000, commits: 3, slowestCommitMs: 9 },
  });
});

it("looks at the processor once a second", async () => {
  const meter = new LoadMeter(undefined);
  expect(meter.committed({ rows: 0, bytes: 0 }, 0, 0)).toBe(false);
  await wait(1010);
  const before = process.cpuUsage();
  while (process.cpuUsage(before).user < 20_000);
  expect(meter.committed({ rows: 0, bytes: 0 }, 0, 0)).toBe(true);
  expect(meter.load.cpuSeconds).toBeGreaterThan(0.02);
  expect(meter.load.seconds).toBeGreaterThan(1);
  expect(meter.load.cpuShare).toBeCloseTo(meter.load.cpuSeconds / meter.load.seconds);
  expect(meter.committed({ rows: 0, bytes: 0 }, 0, 0)).toBe(false);
});
