// Each sample recording is of what its name says. `npm run recordings:check` has recordings judged in the same way that were made
// a moment ago, of every incident at several seeds: they are in the folders that HINDCAST_TEST_INCIDENTS names.
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { incidentTable } from "../../examples/ledger/system/incident-table.mjs";
import { TestEngine } from "../../src/engine/engine.test-support.js";
import { mostSampleBytes, mostSampleBytesTogether, samples as listed } from "../../tools/ledger-samples.js";
import { RecordedIncident, provesTruth, shown } from "./incident-proof.test-support.js";

const engine = new TestEngine();
afterAll(() => engine.dispose());

const kinds = Object.keys(incidentTable);
const samples = resolve("recordings");
const made = (process.env["HINDCAST_TEST_INCIDENTS"] ?? "").split(",").filter((folder) => folder !== "");
const fileIn = (folder: string, kind: string): string => join(folder, `ledger-${kind}.hindcast`);

describe("sample recordings", () => {
  it("are there for every incident of the ledger", () => {
    expect(kinds.filter((kind) => !existsSync(fileIn(samples, kind)))).toEqual([]);
    expect(Object.keys(shown).sort()).toEqual([...kinds].sort());
  });

  it("are small enough to be cloned with the code", () => {
    const sizes = listed.map(({ name }) => ({ name, size: statSync(join(samples, `${name}.hindcast`)).size }));
    expect(sizes.filter(({ size }) => size > mostSampleBytes)).toEqual([]);
    expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(mostSampleBytesTogether);
  });
});

describe.each([samples, ...made])("recordings in %s", (folder) => {
  it.each(kinds.filter((kind) => existsSync(fileIn(folder, kind))))("show what was wrong: %s", async (kind) => {
    const recorded = new RecordedIncident(engine, kind, fileIn(folder, kind));
    await provesTruth(recorded);
    await shown[kind]?.(recorded);
  });
});
