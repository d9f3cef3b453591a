// Rejections and warnings are recorded, and Node does with them what it does without us.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runBoth } from "./run-both.js";

const program = join(import.meta.dirname, "runtime-programs/rejections.cjs");

/** Node prints the line of an uncaught error as it was loaded: with sources left alone it is the same. */
const settings = JSON.stringify({ level: "requests", include: [], exclude: [], writes: false });

async function logsOf(way: string, nodeOptions: readonly string[] = []): Promise<unknown[]> {
  const {
    plain,
    recorded,
    program: seen,
  } = await runBoth([program, way], nodeOptions, { HINDCAST_SETTINGS: settings });
  // Warnings begin with the number of their process; stacks may show the agent below the program's own frames.
  const comparable = ({ code, out, err }: typeof plain) => [
    code,
    out,
    err.replaceAll(/\(node:\d+\)/g, "").replaceAll(/^ +at .*\n/gm, ""),
  ];
  expect(comparable(recorded)).toEqual(comparable(plain));
  expect(seen.bye?.agentFaults).toBe(0);
  return seen.logs
    .filter(({ source, body }) => source === "process" || body.includes("Warning"))
    .map(({ severity, body, attributes }) => [attributes["event.name"], severity, body.split("\n")[0]]);
}

describe("an unhandled rejection", () => {
  it("is recorded although the program listens for it itself", async () => {
    expect(await logsOf("listened")).toEqual([
      ["nodejs.unhandled_rejection", 17, "TypeError: first"],
      ["nodejs.unhandled_rejection", 17, "TypeError: second"],
    ]);
  });

  it("ends the program when nobody listens any more", async () => {
    expect(await logsOf("no longer listened")).toEqual([
      ["nodejs.unhandled_rejection", 17, "TypeError: first"],
      ["nodejs.unhandled_rejection", 21, "TypeError: fatal"],
    ]);
  });

  it.for([
    ["throw", [["nodejs.unhandled_rejection", 21, "TypeError: fatal"]]],
    ["none", []],
  ] as const)("does what --unhandled-rejections=%s says", async ([mode, logs]) => {
    expect(await logsOf("unlistened", [`--unhandled-rejections=${mode}`])).toEqual(logs);
  });

  it("that is to be a warning is one", async () => {
    const logs = await logsOf("unlistened", ["--unhandled-rejections=warn"]);
    expect(logs).toEqual([
      ["nodejs.warning", 13, expect.stringContaining("UnhandledPromiseRejectionWarning")],
      ["nodejs.warning", 13, expect.stringContaining("UnhandledPromiseRejectionWarning")],
    ]);
  });
});

describe("a warning", () => {
  it("is recorded by its kind", async () => {
    expect(await logsOf("warns")).toEqual([
      ["nodejs.warning", 13, "Warning: told once"],
      ["nodejs.deprecation", 13, "DeprecationWarning: do not use"],
      // What Node writes of a warning is not told besides.
      [undefined, 9, expect.stringMatching(/^\(node:\d+\) Warning: written by the program$/)],
    ]);
  });
});
