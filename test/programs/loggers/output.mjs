// Writes to standard output and error in all ways there are, as lines of what came of it. "lines" is a span.
import { Console } from "node:console";
import { writeSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Worker } from "node:worker_threads";
import { createRequire } from "node:module";
import { span } from "hindcast";

const require = createRequire(import.meta.url);
const done = [];
const seen = (what) => () => done.push(what);
const { stdout, stderr } = process;

await span("lines", async () => {
  done.push(typeof stdout.write("a line\nanother\n", seen("callback 1")));
  stdout.write("in ");
  stdout.write(Buffer.from("two p\u00e4rts \u2713 ").subarray(0, 12));
  await null;
  stdout.write(Buffer.from("two p\u00e4rts \u2713").subarray(12), seen("callback 2"));
  stdout.write("\n", "utf8", seen("callback 3"));
  stderr.write(`${new RangeError("went wrong").stack.split("\n").slice(0, 1)}\n`);
  for (const place of ["one", "two"]) stderr.write(`    at ${place} (file.js:1:1)\n`);
  console.log("said by the console");
  console.error(new Error("said, too").message);
  console.dir({ not: "told by a method that is" });
  new Console(stdout).log("a console of its own");
  stdout.write("password=hunter2-secret-word\n");
});
const pino = require("pino")({ base: null, timestamp: false }, stdout);
pino.info("said by pino");
const { createLogger, transports } = require("winston");
createLogger({ transports: [new transports.Stream({ stream: stdout })] }).info("said by winston");
stdout.write(Buffer.from([0, 1, 2, 255]));
stdout.write("00ff", "hex");
await pipeline(Readable.from(["piped\n", "x".repeat(200_000), "\nafter a long line\n"]), stdout, { end: false });
// Whether there is room depends on who reads.
done.push(stdout.write("y".repeat(100_000) + "\n") === !stdout.writableNeedDrain);
try {
  stdout.write(null);
} catch (error) {
  done.push(error.code);
}
const worker = new Worker(
  `process.stdout.write("by a thread\\n"); console.log("by a thread's console"); process.stderr.write("its end\\n");`,
  { eval: true },
);
await new Promise((resolve) => worker.on("exit", resolve));
const own = stdout.write;
done.push(stdout.write === stdout.constructor.prototype.write, Object.hasOwn(stdout, "write"));
stdout.write = function (...given) {
  given[0] = `tampered: ${given[0]}`;
  return own.apply(this, given);
};
stdout.write("with\n");
delete stdout.write;
process.on("exit", () => {
  writeSync(1, `${JSON.stringify(done)}\n`);
  stdout.write("a line that does not end");
});
