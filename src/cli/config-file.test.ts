import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { explain } from "../shared/protocol/errors.js";
import { findConfig, readConfig, readPipelineText } from "./config-file.js";

const root = mkdtempSync(join(tmpdir(), "hindcast config "));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** What is read, or the sentence that says why not. */
async function read(path: string): Promise<unknown> {
  const result = await readConfig(path);
  return result.ok ? result.value : `${result.error.code}: ${explain(result.error).message}`;
}

const drop = { stage: "drop", where: { kind: "log" } } as const;

describe("hindcast.config", () => {
  it("is the nearest one above the folder, up to the root of the package", () => {
    file("far/hindcast.config.json", "{}");
    file("far/package/package.json", "{}");
    const own = file("far/package/hindcast.config.json", "{}");
    const near = file("far/package/near/hindcast.config.mjs", "export default {}");
    file("far/other/package.json", "{}");
    for (const folder of ["far/package/near/a/b", "far/package/src", "far/other/src"])
      mkdirSync(join(root, folder), { recursive: true });
    expect(findConfig(join(root, "far/package/near/a/b"))).toBe(near);
    expect(findConfig(join(root, "far/package/near"))).toBe(near);
    expect(findConfig(join(root, "far/package/src"))).toBe(own);
    expect(findConfig(join(root, "far/package"))).toBe(own);
    expect(findConfig(join(root, "far/other/src"))).toBeUndefined();
  });

  it("is that of the folder alone where there is no package", () => {
    const alone = file("loose/hindcast.config.json", "{}");
    mkdirSync(join(root, "loose/below"), { recursive: true });
    expect(findConfig(join(root, "loose"))).toBe(alone);
    expect(findConfig(join(root, "loose/below"))).toBeUndefined();
  });

  it.each([
    ["json", `{ "pipeline": [${JSON.stringify(drop)}] }`],
    ["mjs", `export default { pipeline: [${JSON.stringify(drop)}] };`],
    ["cjs", `module.exports = { pipeline: [${JSON.stringify(drop)}] };`],
    [
      "ts",
      `interface Config { readonly pipeline: readonly object[] }
       const config: Config = { pipeline: [${JSON.stringify(drop)}] };
       export default config satisfies Config;`,
    ],
    ["mts", `const kind = "log" as const; export default { pipeline: [{ stage: "drop", where: { kind } }] };`],
  ])("is read as %s", async (end, text) => {
    const path = file(`${end}/hindcast.config.${end}`, text);
    // Node.js before 22.13 takes types out by the TypeScript of the project.
    mkdirSync(join(root, end, "node_modules"), { recursive: true });
    symlinkSync(resolve("node_modules/typescript"), join(root, end, "node_modules/typescript"), "junction");
    expect(await read(path)).toEqual([drop]);
  });

  it("is read anew when it was changed", async () => {
    const path = file("again/hindcast.config.mjs", "export default { pipeline: [] };");
    expect(await read(path)).toEqual([]);
    file("again/hindcast.config.mjs", `export default { pipeline: [${JSON.stringify(drop)}] };`);
    expect(await read(path)).toEqual([drop]);
  });

  it("names the files of stages as seen from its own folder", async () => {
    const stage = { stage: "custom", module: "./stages/mask.cjs" };
    const path = file("custom/hindcast.config.json", JSON.stringify({ pipeline: [stage] }));
    expect(await read(path)).toEqual([{ ...stage, module: join(root, "custom/stages/mask.cjs") }]);
    const asText = readPipelineText("HINDCAST_PIPELINE", JSON.stringify([stage]), root);
    expect(asText).toEqual({ ok: true, value: [{ ...stage, module: join(root, "stages/mask.cjs") }] });
  });

  it.each([
    ["json", "[1]", "unreadable-config: PATH could not be read: it exports no object."],
    ["json", "{ pipeline: [] }", "bad-config: The pipeline is not right: PATH:1:3: this is not JSON."],
    ["json", `{ "stages": [] }`, "bad-config: The pipeline is not right: PATH: stages is not known here, pipeline is."],
    [
      "json",
      `{ "pipeline": [{ "stage": "drip" }] }`,
      `bad-config: The pipeline is not right: PATH:1:27: pipeline[0].stage expected "drop", "keep", "sample", "rate-limit", "redact", "truncate", "drop-short", "custom", found "drip".`,
    ],
    [
      "json",
      `{ "pipeline": [{ "stage": "drop-short", "milliseconds": 5, "where": { "kind": "log" } }] }`,
      `bad-config: The pipeline is not right: PATH:1:79: pipeline[0].where.kind drop-short is about "span" only.`,
    ],
    ["mjs", "throw new Error('not today')", "unreadable-config: PATH could not be read: not today."],
    ["mjs", "export default 1", "unreadable-config: PATH could not be read: it exports no object."],
    [
      "cjs",
      "module.exports = { pipeline: {} }",
      "bad-config: The pipeline is not right: PATH: pipeline expected Array, found Object.",
    ],
  ])("that is wrong is told in one sentence (%s, %s)", async (end, text, sentence) => {
    const path = file(`wrong/${sentence.length}/hindcast.config.${end}`, text);
    expect(await read(path)).toBe(sentence.replace("PATH", path));
  });
});
