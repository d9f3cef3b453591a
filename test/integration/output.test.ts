// What programs write to standard output and error: each line is a log of the code that wrote it, once, and what is written
// is what is written without a recorder.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LogSeen, ProgramSeen } from "./agent-listener.js";
import { runBoth } from "./run-both.js";

const program = join(import.meta.dirname, "../programs/loggers/output.mjs");

const shown = ({ source, severity, body }: LogSeen): string =>
  `${source} ${severity}: ${body.length > 100 ? `${body.slice(0, 3)}… ${body.length}` : body}`;
const linesOf = (of: ProgramSeen, isIt: (log: LogSeen) => boolean): string[] => of.logs.filter(isIt).map(shown);

describe("standard output and error", () => {
  it("are logs, line by line, of what nobody told already; bytes, callbacks and returned values stay what they are", async () => {
    const { plain, recorded, program: main, programs } = await runBoth([program]);
    expect(recorded).toEqual(plain);
    expect(plain.code, plain.err).toBe(0);
    expect(plain.out).toContain('"callback 1","callback 2"');
    const lines = main.spans.find(({ name }) => name === "lines")?.number;
    expect(lines).toBeGreaterThan(0);
    expect(linesOf(main, ({ span }) => span === lines)).toEqual([
      "stdout 9: a line",
      "stdout 9: another",
      "stdout 9: in two pärts ✓",
      "console 9: said by the console",
      "console 17: said, too",
      "stdout 9: { not: 'told by a method that is' }",
      "stdout 9: a console of its own",
      expect.stringMatching(/^stdout 9: password=\[redacted:password#[0-9a-f]{12}\]$/),
      // Until then there might have been more of it.
      "stderr 17: RangeError: went wrong\n    at one (file.js:1:1)\n    at two (file.js:1:1)",
    ]);
    expect(linesOf(main, ({ span }) => span !== lines)).toEqual([
      "pino 9: said by pino",
      "winston 9: said by winston",
      "stdout 9: piped",
      "stdout 9: xxx… 16385",
      "stdout 9: after a long line",
      "stdout 9: yyy… 16385",
      "stdout 9: tampered: with",
      "stdout 9: a line that does not end",
    ]);
    const thread = programs.find((other) => other !== main);
    expect(thread && linesOf(thread, () => true)).toEqual([
      "stdout 9: by a thread",
      "console 9: by a thread's console",
      "stderr 9: its end",
    ]);
    const left = main.events.filter(({ name }) => name === "hindcast.output.left-out");
    const binary = left.map(({ attributes }) => attributes["hindcast.output.binary"]);
    expect(binary.reduce<number>((sum, bytes) => sum + Number(bytes), 0)).toBe(6);
    expect(main.events.filter(({ name }) => name === "hindcast.agent.fault")).toEqual([]);
  });
});
