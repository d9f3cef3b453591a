import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CancelSource, Cancelled } from "../../shared/base/cancel.js";
import { askerWith } from "../../shared/base/asker.js";
import { FileClosed, Readers } from "./readers.js";

/** Takes minutes. */
const long = "SELECT sum(a.range * b.range) AS sum FROM range(10000000) AS a, range(100000) AS b";

describe("a query", () => {
  let instance: DuckDBInstance;
  let readers: Readers;
  beforeEach(async () => {
    instance = await DuckDBInstance.create(":memory:");
    readers = await Readers.open(instance);
  });
  afterEach(() => instance.closeSync());

  it("stops when it is cancelled, and its connection answers the next", async () => {
    const signals = [1, 2, 3].map(() => new CancelSource());
    const running = signals.map((signal) =>
      expect(readers.query(long, [], askerWith(signal))).rejects.toBeInstanceOf(Cancelled),
    );
    // All connections are busy: this one waits its turn, and is cancelled before it.
    const waiting = new CancelSource();
    const notBegun = expect(readers.query(long, [], askerWith(waiting))).rejects.toBeInstanceOf(Cancelled);
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const signal of [waiting, ...signals]) signal.abort();
    await Promise.all([...running, notBegun]);
    const answers = [1, 2, 3, 4].map(async (n) => (await readers.query("SELECT $1 + 1 AS n", [n])).numbers("n"));
    expect(await Promise.all(answers)).toEqual([[2], [3], [4], [5]]);
    await readers.dispose();
  });

  it("is not asked of a file that was closed meanwhile", async () => {
    await readers.dispose();
    await expect(readers.query("SELECT 1")).rejects.toBeInstanceOf(FileClosed);
  });
});
