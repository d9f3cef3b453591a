import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RuleFiles } from "./rule-files.js";

const codeOf = (answer: { readonly ok: boolean; readonly error?: { readonly code: string } }): string =>
  answer.ok ? "ok" : (answer.error?.code ?? "");

describe("RuleFiles", () => {
  let folder = "";
  let files: RuleFiles;
  let changes = 0;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), "hindcast-rules-")), "rules");
    changes = 0;
    files = new RuleFiles(folder, () => (changes += 1));
  });
  afterEach(async () => {
    files.dispose();
    await rm(join(folder, ".."), { recursive: true, force: true });
  });
  const versionNow = async (name: string): Promise<string> =>
    (await files.list()).files.find((one) => one.name === name)?.version ?? "";

  it("keeps a new file, and does not write over one that is there", async () => {
    expect(codeOf(await files.save({ name: "a.rules", source: "# one" }))).toBe("ok");
    expect(codeOf(await files.save({ name: "a.rules", source: "# two" }))).toBe("rule-file-exists");
    expect((await files.list()).files.map(({ name, source }) => [name, source])).toEqual([["a.rules", "# one"]]);
  });

  it("does not write over what somebody else wrote meanwhile, unless it is told to", async () => {
    await files.save({ name: "a.rules", source: "# one" });
    const over = await versionNow("a.rules");
    await writeFile(join(folder, "a.rules"), "# theirs");
    expect(codeOf(await files.save({ name: "a.rules", source: "# mine", over }))).toBe("rule-file-changed");
    expect(codeOf(await files.delete({ name: "a.rules", over }))).toBe("rule-file-changed");
    expect(await readFile(join(folder, "a.rules"), "utf8")).toBe("# theirs");
    const saved = await files.save({ name: "a.rules", source: "# mine", over, anyway: true });
    expect(saved).toEqual({ ok: true, value: { version: await versionNow("a.rules") } });
    expect(await readFile(join(folder, "a.rules"), "utf8")).toBe("# mine");
  });

  it("renames only to a name that is free", async () => {
    await files.save({ name: "a.rules", source: "# a" });
    await files.save({ name: "b.rules", source: "# b" });
    expect(codeOf(await files.rename({ name: "a.rules", to: "b.rules" }))).toBe("rule-file-exists");
    expect(codeOf(await files.rename({ name: "c.rules", to: "d.rules" }))).toBe("no-rule-file");
    expect(codeOf(await files.rename({ name: "a.rules", to: "c.rules" }))).toBe("ok");
    expect((await files.list()).files.map(({ name, source }) => [name, source])).toEqual([
      ["b.rules", "# b"],
      ["c.rules", "# a"],
    ]);
  });

  it("removes what was looked at", async () => {
    await files.save({ name: "a.rules", source: "# a" });
    expect(codeOf(await files.delete({ name: "a.rules", over: await versionNow("a.rules") }))).toBe("ok");
    expect((await files.list()).files).toEqual([]);
  });

  it("tells of changes made by others, and leaves what is no file of rules alone", async () => {
    await files.list();
    await writeFile(join(folder, "theirs.rules"), "# theirs");
    await writeFile(join(folder, "notes.txt"), "no rules");
    await expect.poll(() => changes, { timeout: 5000 }).toBeGreaterThan(0);
    expect((await files.list()).files.map(({ name }) => name)).toEqual(["theirs.rules"]);
  });

  it("counts what is too large to be shown", async () => {
    await files.list();
    await writeFile(join(folder, "huge.rules"), "#".repeat(1024 * 1024 + 1));
    expect(await files.list()).toMatchObject({ files: [], left: 1 });
  });
});
