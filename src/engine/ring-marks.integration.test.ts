// Where a program's ring was resized is a mark of the time line, in its place among the others.
import { afterAll, expect, it } from "vitest";
import { TestEngine } from "./engine.test-support.js";
import { createFile } from "./store/open-file.js";

const engine = new TestEngine();
afterAll(() => engine.dispose());

const start = 1_790_000_000_000_000_000n;
const resized = (seq: number, atMs: number, because: string, from: number, to: number): string =>
  `(1, ${seq}, ${start + BigInt(atMs) * 1_000_000n}, 1, 0, '${JSON.stringify({ "hindcast.ring.because": because, "hindcast.ring.from": from, "hindcast.ring.to": to })}')`;

it("says why, from what and to what, in the order of time", async () => {
  const path = engine.path("resized.hindcast");
  const made = await createFile(path, { created: start, appVersion: "0" });
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  const connection = await made.value.instance.connect();
  for (const statement of [
    `INSERT INTO name (id, text) VALUES (1, 'hindcast.ring.resized'), (2, 'other')`,
    `INSERT INTO mark (process, seq, instant, kind, lost, lost_writes, label) VALUES
       (1, 0, ${start}, 1, 0, 0, 'web (pid 4)'), (1, 9, ${start + 50_000_000n}, 2, 0, 0, 'ended with 0')`,
    `INSERT INTO event (process, seq, instant, name, span, attributes) VALUES
       ${resized(3, 20, "memory", 33_554_432, 16_777_216)}, ${resized(2, 10, "full", 16_777_216, 33_554_432)},
       (1, 4, ${start}, 2, 0, '{}'), (1, 5, ${start + 90_000_000n}, 1, 0, '{"hindcast.ring.from":"x"}')`,
  ])
    await connection.run(statement);
  connection.closeSync();
  await made.value.dispose();
  const { recordingId } = await engine.call("recording.open", { path });
  const marks = await engine.call("timeline.marks", { recordingId });
  expect(marks.map(({ kind, label }) => `${kind} ${label}`)).toEqual([
    "start web (pid 4)",
    "resized The recorder's buffer was made larger because it was full, from 16.8 MB to 33.6 MB",
    "resized The recorder's buffer was fitted to the memory that was left, from 33.6 MB to 16.8 MB",
    "end ended with 0",
    "resized The recorder's buffer was resized, from 0 MB to 0 MB",
  ]);
});
