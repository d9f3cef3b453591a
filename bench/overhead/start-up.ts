// How much later a program of sixty files listens when it is recorded.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BenchEngine } from "../engine/engine-child.js";
import { type Figure, quantile } from "../figures.js";

const files = 60;
const rounds = 21;

/** Each file has some functions, and some writes that are looked for; the last one listens. */
function makeProgram(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (let file = 0; file < files; file++) {
    const functions = Array.from(
      { length: 20 },
      (_, n) => `exports.f${n} = function f${n}(order, lines) {
  const totals = { sum: 0, count: 0 };
  for (const line of lines) { totals.sum += line.price * line.count; totals.count++; }
  order.total = totals.sum; order.lines.push(...lines); order.state = totals.count > ${n} ? "large" : "small";
  return order;
};`,
    );
    writeFileSync(join(folder, `part-${file}.cjs`), functions.join("\n"));
  }
  const main = join(folder, "main.cjs");
  const all = Array.from({ length: files }, (_, file) => `require("./part-${file}.cjs");`).join("\n");
  const listen = `require("node:http").createServer((q, s) => s.end()).listen(0, "127.0.0.1", () => { process.send("listening"); });`;
  writeFileSync(main, `${all}\n${listen}\nprocess.on("disconnect", () => process.exit(0));\n`);
  return main;
}

async function startUpMs(main: string, environment: Readonly<Record<string, string>>): Promise<number> {
  const beganMs = performance.now();
  const program = fork(main, { env: { ...process.env, ...environment }, execArgv: [] });
  await once(program, "message");
  const tookMs = performance.now() - beganMs;
  program.disconnect();
  await once(program, "exit");
  return tookMs;
}

export async function startUpFigures(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-bench-"));
  const engine = await BenchEngine.start(folder);
  try {
    const main = makeProgram(join(folder, "program"));
    const path = join(folder, "start-up.hindcast");
    const { summary, environment } = await engine.call("recording.create", { path, capture: {} });
    const [bare, recorded, more]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds; round++) {
      const [without, within] = [await startUpMs(main, {}), await startUpMs(main, environment)];
      bare.push(without);
      recorded.push(within);
      more.push(within - without);
    }
    await engine.call("recording.stop", { recordingId: summary.recordingId });
    const median = (values: readonly number[]): number => quantile(Float64Array.from(values), 0.5);
    return [
      { name: "start_up_more_ms", value: median(more), unit: "ms, median of differences", budget: { atMost: 50 } },
      { name: "start_up_bare_ms", value: median(bare), unit: "ms" },
      { name: "start_up_recorded_ms", value: median(recorded), unit: "ms" },
    ];
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
