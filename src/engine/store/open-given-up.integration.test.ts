// A file of an old format is opened for somebody who gives up: at every place where that is looked at, one after the other.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, it } from "vitest";
import { type CallProgress, askerWith, nobody } from "../../shared/base/asker.js";
import { type CancelSignal, Cancelled, neverCancelled } from "../../shared/base/cancel.js";
import { copyBytes } from "./copy-bytes.js";
import { openForReading } from "./open-file.js";

const folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Says that it is too late when it is looked at for the time after `looks`. */
function givenUpAfter(looks: number): CancelSignal & { readonly looksLeft: number } {
  let left = looks;
  return {
    get aborted() {
      return left-- <= 0;
    },
    get looksLeft() {
      return left;
    },
    onAbort: () => () => undefined,
  };
}

const privateCopies = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`hindcast-open-${process.pid}-`));

it("stops wherever it is, leaves no copy behind, and can be opened afterwards", async () => {
  const path = join(folder, "old.hindcast");
  writeFileSync(
    path,
    gunzipSync(readFileSync(new URL("../../../test/fixtures/format-1.hindcast.gz", import.meta.url))),
  );
  let stops = 0;
  for (let looks = 0; ; looks++) {
    const signal = givenUpAfter(looks);
    const opened = await openForReading(path, undefined, askerWith(signal)).catch((error: unknown) => {
      expect(error).toBeInstanceOf(Cancelled);
      return undefined;
    });
    if (opened !== undefined) {
      expect(opened.ok && signal.looksLeft >= 0).toBe(true);
      if (opened.ok) await opened.value.dispose();
      break;
    }
    stops++;
    expect(privateCopies()).toEqual([]);
  }
  // Before it is looked at, in its copying, between the formats and afterwards.
  expect(stops).toBeGreaterThanOrEqual(4);
  expect(privateCopies()).toEqual([]);
});

it("copies bytes and tells how many, to the end", async () => {
  const [from, to] = [join(folder, "from"), join(folder, "to")];
  const bytes = Buffer.alloc(9_000_000, "some bytes ");
  writeFileSync(from, bytes);
  const told: CallProgress[] = [];
  await copyBytes(
    from,
    to,
    "Copying",
    askerWith(neverCancelled, (progress) => told.push(progress)),
  );
  expect(readFileSync(to).equals(bytes)).toBe(true);
  // Where two files share their bytes there is nothing to tell.
  if (told.length > 0) expect(told.map(({ done }) => done)).toEqual([4_194_304, 8_388_608, 9_000_000]);
  await copyBytes(from, to, "Copying", nobody);
});
