// What a recorded program's functions show of themselves, and what becomes of them where they are sent as text.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { nodeBinary, nodeVersionsToTry } from "../../tools/node-binaries.js";
import { Place } from "./hindcast-process.js";
import { runBoth } from "./run-both.js";

const program = (name: string): string => join(import.meta.dirname, "../programs/guest", name);
const settings = (more: object): Readonly<Record<string, string>> => ({
  HINDCAST_SETTINGS: JSON.stringify({ level: "requests", include: [], exclude: [], writes: true, ...more }),
});

/** Elsewhere ES modules go on being rewritten in a thread that nobody can stop. */
const rewritesInThread =
  execFileSync(
    process.env["HINDCAST_TEST_NODE"] ?? process.execPath,
    ["-p", "'registerHooks' in require('node:module')"],
    {
      encoding: "utf8",
    },
  ).trim() === "true";

// Without probes: what stands in for a function of a library is told from it by its text alone.
describe("functions of a recorded program", () => {
  it("show their text as it was written, libraries' too, and nothing tells who is asked for it", async () => {
    const {
      plain,
      recorded,
      program: seen,
    } = await runBoth([program("function-text.cjs")], [], settings({ include: ["**"], level: "metrics" }));
    expect(recorded).toEqual(plain);
    expect(plain).toMatchObject({ code: 0, err: "" });
    expect(seen.events.filter(({ name }) => name.startsWith("hindcast."))).toEqual([]);
  });

  it.each([
    ["still do so when the agent has gone", {}, false],
    ["are asked by the runtime's own function when nothing was rewritten", { exclude: ["**"] }, rewritesInThread],
    ["are asked by the runtime's own function when sources are left alone", { writes: false }, true],
  ])("%s", async (_, given, isOriginal) => {
    const file = program("function-text-after.cjs");
    const preload = [`--require "${file.replaceAll("\\", "\\\\")}"`];
    const environment = settings(given);
    // Loaded again as the program itself.
    const again = ["-e", `delete require.cache[${JSON.stringify(file)}]; require(${JSON.stringify(file)})`];
    const { plain, recorded } = await runBoth(again, preload, environment, "refused");
    const facts: unknown = JSON.parse(recorded.out);
    expect(facts).toEqual({ ...Object(JSON.parse(plain.out)), isOriginal });
  });
});

const body = `
const state = track("state", { runs: 0, results: [] });
function job(input) {
  const result = {};
  const list = [3, 1, input];
  result.a = 1;
  list.sort();
  result.list = list;
  list.push(4);
  delete result.a;
  result.n = (result.n ?? 0) + 1;
  return result;
}
const add = (list, value) => list.push(value) && list.at(-1).list.push(value.n) && value;
async function note(way, work) {
  const result = await work();
  console.log(way, JSON.stringify(result));
  add(state.results, result);
  state.runs++;
}
const call = "(" + job + ")(2)";
const bare = { PATH: process.env.PATH };
const child = (env) =>
  JSON.parse(execFileSync(process.execPath, ["-p", "JSON.stringify(" + call + ")"], { encoding: "utf8", env }));
const script = 'require("worker_threads").parentPort.postMessage((' + add + ")([], " + call + "))";
const ways = {
  context: () => vm.runInNewContext(call),
  script: () => new vm.Script(call).runInThisContext(),
  Function: () => new Function("return " + job)()(2),
  eval: () => (0, eval)(call),
  worker: () => new Promise((resolve, reject) => new Worker(script, { eval: true }).on("message", resolve).on("error", reject)),
  child: () => child(process.env),
  "child, not recorded": () => child(bare),
};
(async () => {
  for (const [way, work] of Object.entries(ways)) await note(way, work);
})();
`;
const names = ["vm", "{ Worker }", "{ execFileSync }", "{ track }"];
const modules = ["node:vm", "node:worker_threads", "node:child_process", "hindcast"];
const sources = {
  "sends.cjs": names.map((name, at) => `const ${name} = require("${modules[at] ?? ""}");\n`).join("") + body,
  "sends.mjs": names.map((name, at) => `import ${name} from "${modules[at] ?? ""}";\n`).join("") + body,
} as const;

const place = new Place();
afterAll(() => place.remove());
for (const [name, source] of Object.entries(sources)) writeFileSync(place.path(name), source);

const ways = ["context", "script", "Function", "eval", "worker", "child", "child, not recorded"];
const result = { list: [1, 2, 3, 4], n: 1 };
const sent = { list: [1, 2, 3, 4, 1], n: 1 };

describe.each(nodeVersionsToTry)("functions sent as text on Node %s", (version) => {
  it.for(Object.keys(sources))(
    "run where they arrive, and the program's state is recorded (%s)",
    async (name, { skip }) => {
      const binary = await nodeBinary(version);
      if ("missing" in binary) return skip(binary.missing);
      const file = `${version}-${name}.hindcast`;
      const ended = await place.start(["record", "-o", file, "--", binary.path, name]).ended;
      const shown = ways.map((way) => `${way} ${JSON.stringify(way === "worker" ? sent : result)}\n`);
      expect(ended).toMatchObject({ code: 0, err: "", out: shown.join("") });
      const asked = await place.start(["state", file, "--scope", "state", "--at", "+60s", "--json"]).ended;
      const results = ways.map((way) => (way === "worker" ? { ...sent, list: [...sent.list, 1] } : sent));
      expect(JSON.parse(asked.out)).toEqual({ runs: ways.length, results });
      const history = await place.start(["history", file, "--scope", "state", "--path", "runs", "--json"]).ended;
      const line = sources["sends.cjs"].split("\n").findIndex((text) => text.includes("state.runs++")) + 1;
      const last: unknown = JSON.parse(history.out.trim().split("\n").at(-1) ?? "");
      expect(last).toMatchObject({ old: ways.length - 1, new: ways.length, location: { line } });
    },
  );
});
