// Every ending on every version of Node that can be had, at every level that captures something of its own.
import { nodeBinary, nodeVersions } from "../../../tools/node-binaries.js";
import type { CaptureLevel } from "../../../src/shared/trace/attributes.js";
import { endings } from "./catalogue.js";
import { Comparison } from "./outcome.js";
import type { Observation } from "./table.js";

export interface Observed {
  readonly observations: readonly Observation[];
  /** Versions that could not be had. */
  readonly missing: readonly string[];
}

/** Most of an ending is waiting: several at a time keep two cores busy and no more. */
const atOnce = 4;

/** The higher levels capture what "requests" does. */
export const levels: readonly CaptureLevel[] = ["metrics", "requests"];

const lineOf = (version: string): string => version.split(".")[0] ?? version;
export const nodeLines = nodeVersions.map(lineOf);

export async function observeEverything(progress: (done: string) => void): Promise<Observed> {
  const comparison = new Comparison();
  const missing: string[] = [];
  try {
    const nodes: { line: string; path: string }[] = [];
    for (const version of nodeVersions) {
      const binary = await nodeBinary(version);
      if ("path" in binary) nodes.push({ line: lineOf(version), path: binary.path });
      else missing.push(binary.missing);
    }
    const work = endings.flatMap((ending) => nodes.flatMap((node) => levels.map((level) => ({ ending, node, level }))));
    const observations: (Observation | undefined)[] = work.map(() => undefined);
    let next = 0;
    const workOff = async (): Promise<void> => {
      for (let index = next++; index < work.length; index = next++) {
        const item = work[index];
        if (item === undefined) return;
        const { ending, node, level } = item;
        const what = `Node ${node.line}, ${level}: ${ending.title}`;
        const outcome = await comparison.outcome(ending, node.path, level).catch((error: unknown) => {
          throw new Error(what, { cause: error });
        });
        observations[index] = { title: ending.title, node: node.line, level, outcome };
        progress(what);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, workOff));
    return { observations: observations.filter((seen) => seen !== undefined), missing };
  } finally {
    await comparison.dispose();
  }
}
