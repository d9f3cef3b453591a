// How much later a program of sixty files listens when it is recorded, and how much more processor time its process has taken
// by then: when it was recorded before, and when nothing is kept of an earlier start.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { BenchEngine } from "../engine/engine-child.js";
import { type Figure, median } from "../figures.js";

const files = 60;
const rounds = 21;

const cpuUsage = v.object({ user: v.number(), system: v.number() });

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
  const listen = `require("node:http").createServer((q, s) => s.end()).listen(0, "127.0.0.1", () => { process.send(process.cpuUsage()); });`;
  writeFileSync(main, `${all}\n${listen}\nprocess.on("disconnect", () => process.exit(0));\n`);
  return main;
}

interface StartUp {
  readonly ms: number;
  /** Of all threads. */
  readonly cpuMs: number;
}

async function startUp(main: string, environment: Readonly<Record<string, string>>): Promise<StartUp> {
  const beganMs = performance.now();
  const program = fork(main, { env: { ...process.env, ...environment }, execArgv: [] });
  const told: readonly unknown[] = await once(program, "message");
  const ms = performance.now() - beganMs;
  program.disconnect();
  await once(program, "exit");
  const { user, system } = v.parse(cpuUsage, told[0]);
  return { ms, cpuMs: (user + system) / 1000 };
}

export async function startUpFigures(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-bench-"));
  const engine = await BenchEngine.start(folder);
  try {
    const main = makeProgram(join(folder, "program"));
    const path = join(folder, "start-up.hindcast");
    const { summary, environment } = await engine.call("recording.create", { path, capture: {} });
    const [bare, first, again]: [StartUp[], StartUp[], StartUp[]] = [[], [], []];
    // Something is kept from here on.
    await startUp(main, environment);
    for (let round = 0; round < rounds; round++) {
      bare.push(await startUp(main, {}));
      first.push(await startUp(main, { ...environment, HINDCAST_CACHE: "off" }));
      again.push(await startUp(main, environment));
    }
    await engine.call("recording.stop", { recordingId: summary.recordingId });
    const more = (starts: readonly StartUp[], of: keyof StartUp): number =>
      median(starts.map((start, round) => start[of] - (bare[round]?.[of] ?? 0)));
    const unit = "ms, median of differences";
    return [
      { name: "start_up_more_ms", value: more(again, "ms"), unit, budget: { atMost: 50 } },
      { name: "start_up_more_cpu_ms", value: more(again, "cpuMs"), unit },
      { name: "start_up_first_more_ms", value: more(first, "ms"), unit },
      { name: "start_up_first_more_cpu_ms", value: more(first, "cpuMs"), unit },
      { name: "start_up_bare_ms", value: median(bare.map(({ ms }) => ms)), unit: "ms" },
      { name: "start_up_bare_cpu_ms", value: median(bare.map(({ cpuMs }) => cpuMs)), unit: "ms" },
    ];
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
