import { describe, expect, it } from "vitest";
import { ok } from "../../shared/base/result.js";
import type { RunningProgram } from "../../shared/protocol/attach-calls.js";
import { hindcastError } from "../../shared/protocol/errors.js";
import { settled, start, testEngine } from "./engine.test-support.js";
import { RunningPrograms } from "./running-programs.svelte.js";

const program = (
  pid: number,
  name: string,
  ports: readonly number[] = [],
  obstacle?: RunningProgram["obstacle"],
): RunningProgram => ({
  pid,
  name,
  script: `/srv/${name}/server.js`,
  argv: ["node", "server.js", "--port", String(pid * 2)],
  started: start,
  memoryBytes: 1,
  isRecorded: false,
  ports: [...ports],
  ...(obstacle === undefined ? {} : { obstacle }),
});

const names = (programs: RunningPrograms): readonly string[] => programs.shown.map(({ name }) => name);

describe("the programs that run", () => {
  it("come with those first that can be attached to, those that serve before others", async () => {
    const listed = [
      program(1, "stopped", [80], hindcastError("program-stopped")),
      program(2, "ready"),
      program(3, "unsure", [3000], hindcastError("signal-unsure")),
      program(4, "old"),
    ];
    const engine = testEngine({ "programs.list": () => Promise.resolve(ok(listed)) });
    const programs = new RunningPrograms(engine.link);
    programs.load();
    await settled();
    expect(names(programs)).toEqual(["unsure", "ready", "old", "stopped"]);
  });

  it("are found by name, path, argument or process id, every word somewhere", async () => {
    const listed = [program(11, "carts"), program(22, "stock"), program(33, "mail")];
    const engine = testEngine({ "programs.list": () => Promise.resolve(ok(listed)) });
    const programs = new RunningPrograms(engine.link);
    programs.load();
    await settled();
    const found = ["CART", "22", "66", "srv --port", "mail /srv/stock", ""].map((search) => {
      programs.search = search;
      return names(programs);
    });
    expect(found).toEqual([
      ["carts"],
      ["carts", "stock"],
      ["mail"],
      ["carts", "stock", "mail"],
      [],
      ["carts", "stock", "mail"],
    ]);
  });
});
