// Runs the tools of the gate: each is a JavaScript file of a dependency, started with this Node so that it works the same
// on every system. Output is kept and shown only when a step fails; at most `parallel` run at once.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Step {
  readonly name: string;
  /** A script below node_modules or the repository, and its arguments. */
  readonly script: string;
  readonly args: readonly string[];
}

export interface StepOutcome {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly output: string;
}

export const repositoryRoot = fileURLToPath(new URL("..", import.meta.url));

export const typescriptStep = (name: string, script: string, args: readonly string[] = []): Step => ({
  name,
  script: "node_modules/tsx/dist/cli.mjs",
  args: [script, ...args],
});

export function runStep({ name, script, args }: Step): Promise<StepOutcome> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [script, ...args], {
    cwd: repositoryRoot,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    const end = (passed: boolean, note: string) => {
      const seconds = (performance.now() - startedMs) / 1000;
      resolve({ name, passed, seconds, output: Buffer.concat(chunks).toString("utf8") + note });
    };
    child.once("error", (error) => {
      end(false, `${error.message}\n`);
    });
    child.once("close", (code, signal) => {
      end(code === 0, signal === null ? "" : `ended by ${signal}\n`);
    });
  });
}

/** Shows the child's own output as it comes; resolves with whether it ended well. */
export function runAloud({ script, args }: Step, env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const child = spawn(process.execPath, [script, ...args], { cwd: repositoryRoot, stdio: "inherit", env });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve(code === 0);
    });
  });
}

export async function runSteps(
  steps: readonly Step[],
  parallel: number,
  onOutcome: (outcome: StepOutcome) => void,
): Promise<readonly StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  const waiting = [...steps];
  const work = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const outcome = await runStep(step);
      outcomes.push(outcome);
      onOutcome(outcome);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return outcomes;
}
