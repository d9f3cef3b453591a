// Stacks: none has anything of ours in it while files are loaded, and none loses a frame of the program to us. Every byte that
// such a program prints, and how it ends, is compared with what it does alone.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nodeBinary, nodeVersionsAtEnds } from "../../tools/node-binaries.js";
import { runBoth } from "./run-both.js";

const program = (name: string): string => join(import.meta.dirname, "../programs/stacks", name);

/** Whether Node was in the middle of its own queue when a module was run: that is a matter of timing. */
const withoutTicks = ({ code, out, err }: { code: number | null; out: string; err: string }) => ({
  code,
  out: out.replace(/^ +at process\.processTicksAndRejections .*\n/gm, ""),
  err: err.replace(/^ +at process\.processTicksAndRejections .*\n/gm, ""),
});

describe.each(nodeVersionsAtEnds)("stacks on Node %s", (version) => {
  it.for(["commonjs.cjs", "module.mjs"])("are what they are without us (%s)", async (name, { skip }) => {
    const binary = await nodeBinary(version);
    if ("missing" in binary) return skip(binary.missing);
    const { plain, recorded, program: seen } = await runBoth([program(name)], [], {}, "welcome", binary.path);
    expect(withoutTicks(recorded)).toEqual(withoutTicks(plain));
    expect(plain).toMatchObject({ code: 1, err: expect.stringContaining("at the top of a file") });
    expect(plain.out).toContain("Module._compile (node:internal/modules/cjs/loader");
    expect(seen.bye?.exitCode).toBe(1);
  });

  it("without WebAssembly, programs run as they do alone", async ({ skip }) => {
    const binary = await nodeBinary(version);
    if ("missing" in binary) return skip(binary.missing);
    const file = join(import.meta.dirname, "../programs/lineage/child.cjs");
    const { plain, recorded, program: seen } = await runBoth(["--jitless", file], [], {}, "welcome", binary.path);
    expect(recorded).toEqual(plain);
    expect(seen.bye?.exitCode).toBe(3);
  });
});
