// Which rule of rules/ catches which incident of the ledger. `npm run rules:score -- --make 21,22 FOLDER` records each incident at these
// seeds, and healthy load; `npm run rules:score -- FOLDER` back-tests the library over what is there and writes docs/rules-library.md.
// The limits of the rules are fixed before the recordings that they are scored on are made.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { type Sample, incidentSamples, makeSample } from "./ledger-samples.js";

const healthySeconds = 300;
const healthy: Sample = {
  name: "healthy",
  command: (seed) => ["node", "system.mjs", "--load", String(healthySeconds), "--seed", String(seed), "--rate", "10"],
  hasTruth: false,
};

const scored = v.object({
  kind: v.literal("score"),
  rule: v.string(),
  fired: v.number(),
  right: v.number(),
  incidents: v.array(v.string()),
  caught: v.array(v.object({ incident: v.string(), delayMs: v.number() })),
});
const outcome = v.object({ kind: v.picklist(["fired", "recovered", "disabled"]), rule: v.string() });
const row = v.variant("kind", [scored, outcome]);
type Row = v.InferOutput<typeof row>;
type Score = v.InferOutput<typeof scored>;

const [first, second, folder = first ?? ""] = process.argv.slice(2);
if (first === "--make") await make((second ?? "").split(",").map(Number));
else writeFileSync("docs/rules-library.md", page());

async function make(seeds: readonly number[]): Promise<void> {
  for (const seed of seeds)
    for (const sample of [...incidentSamples, healthy]) {
      const into = join(folder, String(seed));
      mkdirSync(into, { recursive: true });
      console.log(await makeSample(sample, seed, into, join(tmpdir(), `hindcast-scored-${seed}`)));
    }
}

function linesOf(rules: string, recording: string, truth: string | undefined): readonly Row[] {
  const args = ["out/node/cli.js", "backtest", rules, recording, "--json"];
  const text = execFileSync(process.execPath, truth === undefined ? args : [...args, "--expect", truth], {
    encoding: "utf8",
    maxBuffer: 1e9,
  });
  return text
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => v.parse(v.pipe(v.string(), v.parseJson(), row), line));
}

function page(): string {
  const seeds = readdirSync(folder).sort();
  const files = readdirSync("rules").filter((name) => name.endsWith(".rules"));
  const rows: string[] = [];
  const found = new Set<string>();
  const all = new Map<string, number>();
  let hours = 0;
  for (const seed of seeds) if (existsSync(join(folder, seed, "healthy.hindcast"))) hours += healthySeconds / 3600;
  const merged = join(mkdtempSync(join(tmpdir(), "hindcast-library-")), "library.rules");
  writeFileSync(merged, files.map((file) => readFileSync(join("rules", file), "utf8")).join("\n"));
  const scores: Score[] = [];
  const quiet = new Map<string, number>();
  for (const seed of seeds)
    for (const name of readdirSync(join(folder, seed)).filter((one) => one.endsWith(".hindcast"))) {
      const recording = join(folder, seed, name);
      const truth = recording.replace(/\.hindcast$/, ".truth.jsonl");
      const isHealthy = !existsSync(truth);
      const lines = linesOf(merged, recording, isHealthy ? undefined : truth);
      for (const line of lines) {
        if (line.kind === "score") scores.push(line);
        else if (isHealthy && line.kind === "fired") quiet.set(line.rule, (quiet.get(line.rule) ?? 0) + 1);
      }
      const incidents = lines.flatMap((line) => (line.kind === "score" ? [line.incidents] : []))[0] ?? [];
      for (const kind of incidents) all.set(kind, (all.get(kind) ?? 0) + 1);
    }
  rmSync(dirname(merged), { recursive: true });
  for (const file of files) {
    const rules = [...readFileSync(join("rules", file), "utf8").matchAll(/^rule "([^"]*)"/gm)].map(
      ([, rule = ""]) => rule,
    );
    for (const rule of rules) {
      const of = scores.filter((one) => one.rule === rule);
      const caught = of.flatMap((one) => one.caught);
      const delays = caught.map(({ delayMs }) => delayMs).sort((a, b) => a - b);
      const kinds = [...new Set(caught.map(({ incident }) => incident))].sort().map((kind) => {
        found.add(kind);
        return `${kind} ${caught.filter(({ incident }) => incident === kind).length}`;
      });
      const fired = of.reduce((sum, one) => sum + one.fired, 0);
      const right = of.reduce((sum, one) => sum + one.right, 0);
      rows.push(
        `| ${[
          file.replace(/\.rules$/, ""),
          rule,
          of.length === 0 ? "not evaluated" : kinds.length === 0 ? "none" : kinds.join(", "),
          of.length === 0 ? "–" : `${right} of ${fired}`,
          delays.length === 0 ? "–" : `${((delays[delays.length >> 1] ?? 0) / 1000).toFixed(1)} s`,
          of.length === 0 ? "–" : String(quiet.get(rule) ?? 0),
        ].join(" | ")} |`,
      );
    }
  }
  const missed = [...all.keys()].filter((kind) => !found.has(kind)).sort();
  return `# The library of rules, scored

[rules/](../rules) over incidents of the ledger ([ledger.md](ledger.md)), of which each recording has one, at the seeds ${seeds.join(", ")}, and over
${Math.round(hours * 60)} minutes of healthy load. The limits of the rules were fixed before these recordings were made. A firing counts as of an incident from its beginning to
15 s after its end. Made by \`tools/score-rules.ts\`; the recordings are not kept.

Incidents that load came by: ${[...all]
    .sort()
    .map(([kind, count]) => `${kind} ${count}`)
    .join(", ")}.${missed.length === 0 ? "" : ` In these no rule fired: ${missed.join(", ")}.`}

**What fires often in healthy load fires within incidents by chance, too**: of such a rule the third column says little. Healthy load has requests that are to fail
(Error Generation, Invalid Input) and spikes, as it always does; and the machine it ran on, of two processors, made two recordings at once besides other work, so that
processes may well have stood still: how many firings about the event loop are of that is not known, and the delays are those of a busy machine.

| File | Rule | Incidents in which it fired | Firings of an incident | Median delay | In healthy load |
| --- | --- | --- | --- | --- | --- |
${rows.join("\n")}

Recordings of incidents last about twenty seconds, so that rules about minutes (memory, handles, silence) find nothing in them; their cases say what they do. State of
recordings is not read by back-tests so far.
`;
}
