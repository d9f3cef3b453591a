// Spans that took long are in tables of their own, too: those that the table of all spans has, however they came there.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { nobody } from "../shared/base/asker.js";
import { ZoomHistory } from "./zoom-history.test-support.js";
import { countLongSpans } from "./store/long-spans.test-support.js";
import { longClasses, longSpanTables, longTableOf } from "./store/long-spans.js";
import { openForReading, openForWriting } from "./store/open-file.js";
import { Readers, queryOn } from "./store/readers.js";
import { fillSelection } from "./store/selection-file.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("has them after commits, those that failed too, in what is cut out of a recording, and in one of a format before", async () => {
  const path = join(folder, "history.hindcast");
  const history = new ZoomHistory(path, 5);
  for (let turn = 0; turn < 2; turn++) {
    const { query } = await history.open();
    for (let commits = 15; commits > 0; commits--) await history.grow(60);
    const { there, wrong } = await countLongSpans(query);
    expect([there > 50, wrong]).toEqual([true, 0]);
    await history.close();
  }
  expect(history.failures).toBeGreaterThan(0);

  const opened = await openForWriting(path);
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  const connection = await opened.value.instance.connect();
  const instants = [...history.spans.values()].map(({ instant }) => instant).toSorted((a, b) => (a < b ? -1 : 1));
  const [from, to] = [instants[Math.floor(instants.length / 4)] ?? 0n, instants[Math.floor(instants.length / 2)] ?? 0n];
  const part = join(folder, "part.hindcast");
  await fillSelection(part, connection, { stretch: { from, to }, isPlain: false }, nobody);
  const cut = await openForReading(part);
  if (!cut.ok) throw new Error(JSON.stringify(cut.error));
  const readers = await Readers.open(cut.value.instance);
  const ofCut = await countLongSpans(readers.query);
  expect([ofCut.there > 5, ofCut.wrong]).toEqual([true, 0]);
  await readers.dispose();
  await cut.value.dispose();

  for (const one of longClasses) await connection.run(`DROP TABLE ${longTableOf(one)}`);
  for (const statement of longSpanTables) await connection.run(statement);
  const anew = await countLongSpans(queryOn(connection));
  expect([anew.there > 50, anew.wrong]).toEqual([true, 0]);
  connection.closeSync();
  await opened.value.dispose();
});
