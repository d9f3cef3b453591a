import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { AgentRecord, SourceRecord } from "../shared/protocol/agent-records.js";
import { readRecords } from "../shared/protocol/agent-record-codec.js";
import { mostSourceUnits } from "../shared/protocol/source-record.js";
import { tableOf } from "./instrument/index.js";
import type { LoadedSource } from "./loaded-sources.js";
import { SourceReader } from "./source-reader.js";

const folder = mkdtempSync(join(tmpdir(), "hindcast-sources-"));
afterAll(() => rmSync(folder, { recursive: true }));

const at = (line: number, functionName: string, file?: string) => ({ line, column: 1, functionName, file });
const isSource = (record: AgentRecord): record is AgentRecord & SourceRecord => record.kind === "source";
const reader = (keepsTexts = true): SourceReader => new SourceReader({ keepsTexts, redacted: (text) => text });
const read = (of: SourceReader, loaded: Partial<LoadedSource> & { readonly path: string }) =>
  of
    .read({ text: undefined, table: undefined, reason: undefined, ...loaded })
    .flatMap((bytes) => readRecords(bytes))
    .filter(isSource);
const put = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const one = tableOf([at(1, "f")], "", [{ site: 0, reason: undefined }]);

describe("SourceReader", () => {
  it("takes a text as the loader gave it, and lists functions with why they are not told of", () => {
    const path = put("a.js", "on disk");
    const table = tableOf([at(1, "f"), at(2, ""), at(3, "g")], "", [
      { site: 0, reason: undefined },
      { site: 2, reason: "odd" },
    ]);
    const [record] = read(reader(), { path, text: "as given é", table });
    expect(record).toMatchObject({ file: path, loaded: path, text: "as given é", leftOut: "", notInstrumented: "" });
    expect(record?.hash).toBe(createHash("sha256").update("as given é").digest("hex"));
    expect(JSON.parse(record?.functions ?? "")).toEqual([
      { line: 1, column: 1, name: "f" },
      { line: 3, column: 1, name: "g", reason: "odd" },
    ]);
  });

  it("reads from disk what it was not given, and says what it does not find there", () => {
    const path = put("b.js", "let b;");
    expect(read(reader(), { path, table: one })).toMatchObject([{ text: "let b;" }]);
    expect(read(reader(), { path: join(folder, "none.js"), table: one })).toMatchObject([
      { text: "", hash: "", leftOut: "not found on disk" },
    ]);
    expect(read(reader(), { path: folder, table: one })).toMatchObject([{ leftOut: "not found on disk" }]);
  });

  it("follows a source map to what was written, whose text it may bring", () => {
    const source = put("c.ts", "const c: number = 1;");
    const map = (more: object): string =>
      `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify({ version: 3, sources: ["c.ts"], mappings: "AAAA", ...more })).toString("base64")}`;
    const path = join(folder, "c.js");
    const table = tableOf([at(1, "c", source)], "", [{ site: 0, reason: undefined }]);
    const text = `const c = 1;\n${map({})}`;
    expect(read(reader(), { path, table, text })).toMatchObject([
      { file: source, loaded: path, text: "const c: number = 1;" },
    ]);
    const brought = `const c = 1;\n${map({ sourcesContent: ["const c: 1 = 1;"] })}`;
    expect(read(reader(), { path, table, text: brought })).toMatchObject([{ file: source, text: "const c: 1 = 1;" }]);
  });

  it("sends a text once", () => {
    const of = reader();
    const texts = ["a.js", "b.js"].map((name) => read(of, { path: put(name, ""), text: "same", table: one })[0]);
    expect(texts.map((record) => record?.text)).toEqual(["same", ""]);
    expect(texts[1]?.hash).toBe(texts[0]?.hash);
  });

  it("keeps no text that is too long, none at all where that is wished, and none of what runs as it is", () => {
    const path = join(folder, "long.js");
    const long = "x".repeat(mostSourceUnits + 1);
    expect(read(reader(), { path, text: long, table: one })).toMatchObject([
      { text: "", hash: "", leftOut: "too long" },
    ]);
    expect(read(reader(false), { path, text: "short", table: one })).toMatchObject([
      { text: "", hash: "", leftOut: "sources are not kept", functions: `[{"line":1,"column":1,"name":"f"}]` },
    ]);
    expect(read(reader(), { path, reason: "left out" })).toMatchObject([
      { text: "", notInstrumented: "left out", functions: "[]" },
    ]);
  });
});
