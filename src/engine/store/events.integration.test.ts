// Records around an instant, whatever is expected of how dense they are.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { eventsAround } from "./events.js";
import { createFile } from "./open-file.js";
import { Readers } from "./readers.js";
import { RecordingWriter } from "./recording-writer.js";
import { seeds } from "../replay/seeds.test-support.js";

const begin = 1_795_000_000_000_000_000n;

describe("records around an instant", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hindcast-events-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it.each(seeds(1, 2, 3))("are the nearest, in a crowd and far from any (seed %i)", async (seed) => {
    const random = randomFrom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const path = join(folder, "a.hindcast");
    const file = await createFile(path, { created: begin, appVersion: "0" });
    if (!file.ok) throw new Error(file.error.code);
    const writer = await RecordingWriter.open(file.value, path);
    const rows = writer.rowsOf("event");
    const instants: bigint[] = [];
    for (let at = begin, seq = 1; seq <= 600; seq++) {
      // Bursts, and silence between them.
      at += BigInt(random() < 0.02 ? below(20_000_000_000) : below(3000));
      if (seq > 1) writer.rowsOf("event");
      instants.push(at);
      rows.process.add(1);
      rows.seq.addNumber(seq);
      rows.instant.push(at);
      rows.name.add(0);
      rows.span.add(0);
      rows.attributes.addText("{}");
    }
    await writer.commit();
    const readers = await Readers.open(file.value.instance);
    const end = instants.at(-1) ?? begin;
    for (let asked = 0; asked < 25; asked++) {
      const near = instants[below(instants.length)] ?? begin;
      const instant = near + BigInt(below(3) === 0 ? below(5_000_000_000) : below(2000) - 1000);
      const [before, after] = [below(30), below(30)];
      const first = instants.findIndex((at) => at > instant);
      const split = first < 0 ? instants.length : first;
      const expected = instants.slice(Math.max(0, split - before), split + after);
      for (const events of [600, 600_000, 600_000_000_000]) {
        const counts = { events, spans: 0, logs: 0, metrics: 0, writes: 0, lost: 0 };
        const found = await eventsAround(readers.query, { start: begin, end, counts }, { instant, before, after });
        expect([...found.timeNs]).toEqual(expected.map((at) => Number(at - begin)));
      }
    }
    writer.dispose();
    await readers.dispose();
    await file.value.dispose();
  });
});
