import { describe, expect, it } from "vitest";
import { cyclesIn, type SourceFile, violationsIn } from "./import-rules.js";

/** "a.ts: b.ts node:fs" is a file and what it imports; whatever ends like a source file is one. */
function filesOf(...lines: readonly string[]): SourceFile[] {
  const parsed = lines.map((line) => {
    const [path = "", imports = ""] = line.split(": ");
    const names = imports.split(" ").filter((name) => name !== "");
    const isFile = (name: string) => /\.(ts|svelte)$/.test(name);
    return { path, files: names.filter(isFile), packages: names.filter((name) => !isFile(name)) };
  });
  return parsed;
}

const problemsOf = (...lines: readonly string[]): string[] =>
  violationsIn(filesOf(...lines)).map(({ path, problem }) => `${path} ${problem}`);

describe("violationsIn", () => {
  it("lets arrows point down", () => {
    expect(
      problemsOf(
        "src/cli/index.ts: src/engine/index.ts src/serve/index.ts src/shared/base/result.ts commander node:fs",
        "src/engine/index.ts: src/engine/store/schema.ts src/engine/replay/fold.ts",
        "src/engine/store/schema.ts: @duckdb/node-api src/shared/trace/time.ts",
        "src/renderer/panes/state/StatePane.svelte: src/renderer/state/playhead.svelte.ts svelte/reactivity",
        "src/shared/trace/time.test.ts: src/shared/trace/time.ts vitest node:util",
      ),
    ).toEqual([]);
  });

  it("refuses an upward import, even from a test", () => {
    expect(problemsOf("src/shared/trace/time.test.ts: src/engine/index.ts")).toEqual([
      "src/shared/trace/time.test.ts may not import src/engine/index.ts (src/shared/trace may import: src/shared/base)",
    ]);
  });

  it("keeps panes apart and lets one use its own files", () => {
    expect(
      problemsOf(
        "src/renderer/panes/logs/log-rows.ts",
        "src/renderer/panes/logs/LogsPane.svelte: src/renderer/panes/logs/log-rows.ts",
        "src/renderer/panes/state/StatePane.svelte: src/renderer/panes/logs/log-rows.ts",
      ),
    ).toEqual([
      "src/renderer/panes/state/StatePane.svelte may not import src/renderer/panes/logs/log-rows.ts " +
        "(src/renderer/panes/state may import: src/shared, src/renderer/state, src/renderer/widgets)",
    ]);
  });

  it("opens the engine through its index only, and SQL in the store only", () => {
    expect(problemsOf("src/serve/host.ts: src/engine/engine.ts", "src/engine/ingest.ts: @duckdb/node-api")).toEqual([
      "src/serve/host.ts enters src/engine through src/engine/engine.ts; only src/engine/index.ts may be imported from outside",
      "src/engine/ingest.ts may not import the package @duckdb/node-api (src/engine uses: node:*, valibot, msgpackr, pino)",
    ]);
  });

  it("opens the agent to nobody, but for the two folders in it that have an index", () => {
    expect(
      problemsOf(
        "bench/state.ts: src/agent/state/index.ts src/agent/instrument/index.ts",
        "src/agent/agent.ts: src/agent/ring.ts src/agent/state/index.ts",
        "src/agent/state/tracker.ts: src/agent/guest.ts src/agent/instrument/index.ts",
        "bench/ring.ts: src/agent/ring.ts",
        "bench/tracker.ts: src/agent/state/tracker.ts",
        "src/agent/handle.ts: src/agent/state/tracker.ts",
        "test/integration/ring.test.ts: src/agent/ring.test-support.ts",
      ),
    ).toEqual([
      "bench/ring.ts imports src/agent/ring.ts; nobody outside src/agent may",
      "bench/tracker.ts enters src/agent/state through src/agent/state/tracker.ts; only src/agent/state/index.ts may be imported from outside",
      "src/agent/handle.ts enters src/agent/state through src/agent/state/tracker.ts; only src/agent/state/index.ts may be imported from outside",
    ]);
  });

  it("refuses barrels, odd names and folders without a layer", () => {
    expect(
      problemsOf(
        "src/shared/base/index.ts",
        "src/agent/RingBuffer.ts",
        "src/renderer/widgets/tree.svelte",
        "src/misc/a.ts",
      ),
    ).toEqual([
      "src/shared/base/index.ts is a barrel file; index.ts belongs only to src/engine, src/rules, " +
        "src/agent/state, src/agent/instrument, src/cli, src/main, src/preload, src/api",
      "src/agent/RingBuffer.ts should be named in kebab-case",
      "src/renderer/widgets/tree.svelte is a component and should be named in PascalCase.svelte",
      "src/misc/a.ts lies in no layer; add its folder to tools/import-rules.ts and docs/architecture.md",
    ]);
  });
});

describe("cyclesIn", () => {
  it("names each cycle once, whichever file it is entered by", () => {
    const files = filesOf(
      "src/agent/main.ts: src/agent/c.ts src/agent/b.ts",
      "src/agent/c.ts: src/agent/a.ts",
      "src/agent/a.ts: src/agent/b.ts",
      "src/agent/b.ts: src/agent/c.ts",
      "src/agent/self.ts: src/agent/self.ts",
    );
    expect(cyclesIn(files)).toEqual([["src/agent/a.ts", "src/agent/b.ts", "src/agent/c.ts"], ["src/agent/self.ts"]]);
  });

  it("finds none in a diamond", () => {
    expect(cyclesIn(filesOf("a.ts: b.ts c.ts", "b.ts: d.ts", "c.ts: d.ts", "d.ts"))).toEqual([]);
  });
});
