// The whole ledger, asked for as much as it can answer by requests of one seed, and recorded: of all of them, how many are one
// trace through every service that worked for them, and of the lines logged for them, how many carry it. By ids alone, against
// what the load generator and the services say themselves (tools/joined-requests.ts).
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { join as pathOf } from "node:path";
import { parseArgs } from "node:util";
import { joinedIn, readRecordedLoad } from "../tools/joined-requests.js";
import { repositoryRoot } from "../tools/run-step.js";
import { withEngine } from "./engine/engine-child.js";
import { type Benchmark, type Figure, figuresOfRun, measuredOn } from "./figures.js";

const system = pathOf(repositoryRoot, "examples/ledger/system.mjs");
/** Whatever `--requests` is, they are answered by then. */
const mostSeconds = 3600;

async function run(args: readonly string[]): Promise<readonly Figure[]> {
  const { values } = parseArgs({
    args: [...args],
    options: { requests: { type: "string", default: "20000" }, seed: { type: "string", default: "5" } },
  });
  return withEngine(async (engine, folder) => {
    const path = pathOf(folder, "join.hindcast");
    const [loadLog, output, data] = [pathOf(folder, "load.jsonl"), pathOf(folder, "output"), pathOf(folder, "data")];
    mkdirSync(data);
    const { summary, environment } = await engine.call("recording.create", { path, capture: {} });
    const load = ["--load", String(mostSeconds), "--rate", "max", "--requests", values.requests, "--seed", values.seed];
    const written = openSync(output, "w");
    const startMs = performance.now();
    const ledger = spawn(process.execPath, [system, ...load, "--load-log", loadLog], {
      env: { ...process.env, ...environment, LEDGER_DATA: data },
      stdio: ["ignore", written, "inherit"],
    });
    await once(ledger, "exit");
    const seconds = (performance.now() - startMs) / 1000;
    closeSync(written);
    const { counts } = await engine.call("recording.stop", { recordingId: summary.recordingId });
    await engine.call("recording.close", { recordingId: summary.recordingId });
    const joined = joinedIn(await readRecordedLoad(path, loadLog, output));
    const invalid = invalidity(ledger.exitCode, Number(values.requests), joined.requests, counts.lost);
    const figure = figuresOfRun(invalid);
    for (const one of joined.notJoined.slice(0, 10)) console.log(JSON.stringify(one));
    for (const line of [...joined.withoutTrace, ...joined.otherwise].slice(0, 10)) console.log(line);
    const { requests, notJoined, lines, withoutTrace, otherwise } = joined;
    return measuredOn(
      { rows: counts.spans, fileBytes: statSync(path).size, seed: Number(values.seed), cache: "fresh" },
      [
        figure("requests", requests, "sent to the gateway"),
        figure("requests_per_s", requests / seconds, "1/s, start and end of the ledger included"),
        figure("joined", 1 - notJoined.length / requests, "of requests", { atLeast: 0.999 }),
        figure("not_joined", notJoined.length, "requests"),
        ...[...joined.touched].map(([service, count]) => figure(`worked_for_${service}`, count, "requests")),
        figure("lines", lines, "printed for requests"),
        figure("lines_without_trace", withoutTrace.length, "recorded lines", { atMost: 0 }),
        figure("lines_otherwise", otherwise.length, "printed and recorded unequally often", { atMost: 0 }),
      ],
    );
  });
}

function invalidity(code: number | null, wanted: number, sent: number, lost: number): string | undefined {
  if (code !== 0) return `the ledger ended with ${code ?? "a signal"}`;
  return lost > 0 || sent !== wanted ? `${sent} of ${wanted} requests were sent, ${lost} records are lost` : undefined;
}

export const join: Benchmark = {
  name: "join",
  description:
    "the ledger's four services at saturation: each request one trace through all that worked for it, by ids alone:\n" +
    "--requests 20000 --seed 5",
  run,
};
