// Programs that log by winston and bunyan: each line is a log of the code that wrote it, once, and written as it is without
// a recorder.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProgramSeen } from "./agent-listener.js";
import { runBoth } from "./run-both.js";

const programs = join(import.meta.dirname, "../programs/loggers");

async function logged(file: string): Promise<ProgramSeen> {
  const { plain, recorded, program } = await runBoth([join(programs, file)]);
  expect(recorded).toEqual(plain);
  expect([plain.code, plain.err]).toEqual([0, ""]);
  expect(JSON.stringify(program.records)).not.toContain("hunter2-secret-word");
  return program;
}

const spanOf = (program: ProgramSeen, name: string): number | undefined =>
  program.spans.find((span) => span.name === name)?.number;

describe("loggers", () => {
  it("winston: lines as its formats left them, that a transport takes, of the code that wrote them", async () => {
    const program = await logged("winston.mjs");
    const lines = program.logs.filter(({ span }) => span === spanOf(program, "lines"));
    expect(lines.map(({ source, severity, body }) => [source, severity, body])).toEqual([
      ["winston", 9, "plain"],
      ["winston", 13, "with more"],
      ["winston", 17, "went wrong"],
      ["winston", 9, "numbers 5"],
    ]);
    expect(lines[0]?.attributes).toEqual({ shop: "a" });
    expect(lines[1]?.attributes).toMatchObject({ shop: "a", account: 7, card: "hidden by the program" });
    expect(JSON.stringify(lines[2]?.attributes["exception.stacktrace"])).toContain("RangeError: went wrong");
    for (const at of [0, 1, 2])
      expect(program.logs.filter(({ span }) => span === spanOf(program, `many ${at}`)).map(({ body }) => body)).toEqual(
        new Array<string>(20).fill(`line ${at}`),
      );
    expect(program.logs.filter(({ span }) => span === 0).map(({ source, body }) => [source, body.slice(0, 6)])).toEqual(
      [
        ["winston", '{"nest'],
        ["console", "writte"],
      ],
    );
  });

  it("bunyan: lines with their fields as its serializers left them", async () => {
    const program = await logged("bunyan.cjs");
    expect(new Set(program.logs.map(({ span, source }) => `${source} ${span}`))).toEqual(
      new Set([`bunyan ${spanOf(program, "lines")}`]),
    );
    expect(program.logs.map(({ severity, body }) => [severity, body])).toEqual([
      [9, "plain"],
      [13, "with more"],
      [17, "failed"],
      [21, "of a child"],
    ]);
    expect(program.logs[1]?.attributes).toMatchObject({ logger: "shop", order: { id: 7 } });
    expect(program.logs[2]?.attributes).toMatchObject({
      "exception.type": "RangeError",
      "exception.message": "went wrong",
    });
    expect(program.logs[3]?.attributes).toEqual({ logger: "shop", part: "child" });
  });
});
