// npm run conformance -- DIR, of a checkout of test262: runs the language tests that are about functions as they are written and
// rewritten to tell of calls and writes. The same has to come out, and 99 of 100 functions and files have to be rewritten.
import { type ChildProcess, fork } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { availableParallelism } from "node:os";
import * as v from "valibot";
import { repositoryRoot } from "./run-step.js";

const folders =
  "statements expressions function-code arguments-object block-scope eval-code destructuring computed-property-names rest-parameters directive-prologue asi".split(
    " ",
  );
const silenceMs = 30_000;
/** Of the functions, and of the files, of each folder. */
const floor = 0.99;

const ranSchema = v.object({
  outcome: v.string(),
  problems: v.array(v.string()),
  functions: v.optional(v.object({ wrapped: v.number(), skipped: v.number() })),
  isUnreadable: v.boolean(),
});
const comparedSchema = v.object({
  path: v.string(),
  ran: v.array(v.object({ isStrict: v.boolean(), alone: ranSchema, told: ranSchema })),
});
type Compared = v.InferOutput<typeof comparedSchema>;

/** What it comes to: as it is without, other than that, or the same of too few functions and files. */
export type Verdict = "same" | "not the same" | "the same, but of fewer functions or files than is wanted";

export async function compareTest262(checkout: string, only: string | undefined): Promise<Verdict> {
  const paths = folders
    .flatMap((folder) => filesIn(checkout, `test/language/${folder}`))
    .filter((path) => !path.includes("_FIXTURE") && (only === undefined || path.includes(only)));
  const suites = new Map<
    string,
    { wrapped: number; skipped: number; files: number; unreadable: number; tests: number }
  >();
  let [different, silent, tests] = [0, 0, 0];
  const note = ({ path, ran }: Compared): void => {
    const name = path.split("/")[2] ?? "";
    const suite = suites.get(name) ?? { wrapped: 0, skipped: 0, files: 0, unreadable: 0, tests: 0 };
    suites.set(name, suite);
    for (const { isStrict, alone, told } of ran) {
      tests++;
      suite.tests++;
      suite.wrapped += told.functions?.wrapped ?? 0;
      suite.skipped += told.functions?.skipped ?? 0;
      // What no program can be, V8 does not read either.
      const isProgram = !alone.outcome.startsWith("SyntaxError");
      if (isProgram) suite.files++;
      if (isProgram && told.isUnreadable) suite.unreadable++;
      if (alone.outcome === told.outcome && told.problems.length === 0) continue;
      different++;
      console.log(
        `${path}${isStrict ? " (strict)" : ""}\n  alone: ${alone.outcome}\n  told:  ${told.outcome} ${told.problems.join(", ")}`,
      );
    }
  };
  let next = 0;
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      let child = start();
      for (let path = paths[next++]; path !== undefined; path = paths[next++]) {
        const compared = await asked(child, checkout, path);
        if (compared === undefined) {
          silent++;
          console.log(`${path}\n  does not end`);
          child.kill("SIGKILL");
          child = start();
        } else note(compared);
      }
      child.kill();
    }),
  );
  let isEnough = true;
  for (const [name, { wrapped, skipped, files, unreadable, tests: ofSuite }] of suites) {
    const [functions, read] = [share(wrapped, wrapped + skipped), share(files - unreadable, files)];
    const isBelow = Math.min(functions, read) < floor;
    if (isBelow) isEnough = false;
    console.log(
      `${name}: ${ofSuite} runs; of ${wrapped + skipped} functions ${(100 * functions).toFixed(2)} % wrapped, of ${files} programs ${(100 * read).toFixed(2)} % read${isBelow ? `; BELOW ${100 * floor} %` : ""}`,
    );
  }
  console.log(`${tests} runs of ${paths.length} tests, ${different} different, ${silent} without an end`);
  if (tests === 0 || different > 0 || silent > 0) return "not the same";
  return isEnough ? "same" : "the same, but of fewer functions or files than is wanted";
}

const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);

function filesIn(checkout: string, folder: string): string[] {
  return readdirSync(join(checkout, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? filesIn(checkout, `${folder}/${entry.name}`)
      : entry.name.endsWith(".js")
        ? [`${folder}/${entry.name}`]
        : [],
  );
}

const start = (): ChildProcess =>
  fork(join(repositoryRoot, "src/agent/instrument/test262.test-support.ts"), {
    execArgv: ["--import", "tsx", "--experimental-vm-modules", "--no-warnings"],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });

const asked = (child: ChildProcess, checkout: string, path: string): Promise<Compared | undefined> =>
  new Promise((resolve) => {
    const done = (compared: Compared | undefined): void => {
      clearTimeout(timer);
      child.off("message", answered);
      child.off("exit", gone);
      resolve(compared);
    };
    const answered = (message: unknown): void => done(v.parse(comparedSchema, message));
    const gone = (): void => done(undefined);
    const timer = setTimeout(gone, silenceMs);
    child.on("message", answered);
    child.on("exit", gone);
    child.send({ checkout, path });
  });
