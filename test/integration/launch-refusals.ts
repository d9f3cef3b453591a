// What goes wrong with programs started from the window, with its console and with editors: each provoked by real processes, for
// errors.test.ts.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CallArgs, EngineCallName } from "../../src/shared/protocol/engine-calls.js";
import type { HindcastError } from "../../src/shared/protocol/errors.js";
import type { EngineClient } from "../../src/shared/protocol/rpc.js";

interface Provoked {
  readonly error: HindcastError;
}

export function launchRefusals(root: string, sample: string, client: () => EngineClient) {
  async function refused<Name extends EngineCallName>(name: Name, args: CallArgs<Name>): Promise<Provoked> {
    const answer = await client().call(name, args);
    if (answer.ok) throw new Error("nothing went wrong");
    return { error: answer.error };
  }
  /** Of a program that runs until its recording is stopped. */
  async function launched(script: string): Promise<string> {
    const command = [process.execPath, "-e", script];
    const answer = await client().call("recording.launch", { command, cwd: root, capture: {} });
    if (!answer.ok) throw new Error(answer.error.code);
    return answer.value.recordingId;
  }
  const withProgram = async (script: string, work: (recordingId: string) => Promise<Provoked>): Promise<Provoked> => {
    const recordingId = await launched(script);
    try {
      return await work(recordingId);
    } finally {
      await client().call("recording.stop", { recordingId });
    }
  };
  const withSample = async (work: (recordingId: string) => Promise<Provoked>): Promise<Provoked> => {
    const opened = await client().call("recording.open", { path: sample });
    if (!opened.ok) throw new Error(opened.error.code);
    const { recordingId } = opened.value;
    try {
      return await work(recordingId);
    } finally {
      await client().call("recording.close", { recordingId });
    }
  };
  const waits = "setInterval(() => {}, 1000)";
  /** A place that a live recording names, of a file that `source` is or was. */
  const atItsPlace = async (
    source: string,
    editor: CallArgs<"editor.open">["editor"],
    before: () => void = () => undefined,
  ): Promise<Provoked> => {
    const script = `require("hindcast").event("at", { "code.file.path": ${JSON.stringify(source)} }); ${waits}`;
    return withProgram(script, async (recordingId) => {
      for (;;) {
        before();
        const given = { recordingId, file: source, line: 1, column: 1, editor };
        const answer = await refused("editor.open", given);
        if (answer.error.code !== "not-a-recorded-place") return answer;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
  };
  const written = (name: string, text: string): string => {
    writeFileSync(join(root, name), text);
    return join(root, name);
  };

  return {
    "no-console": () => withSample((recordingId) => refused("console.read", { recordingId, after: 0 })),
    "cannot-restart": () => withSample((recordingId) => refused("recording.restart", { recordingId })),
    "program-not-running": async () => {
      const recordingId = await launched(waits);
      await client().call("recording.stop", { recordingId });
      return refused("program.signal", { recordingId, signal: "SIGINT" });
    },
    "input-too-long": () =>
      withProgram(waits, (recordingId) => refused("console.write", { recordingId, text: "x".repeat(10_000) })),
    "input-not-taken": () =>
      withProgram(waits, async (recordingId) => {
        const text = `${"x".repeat(4000)}\n`;
        while ((await client().call("console.write", { recordingId, text })).ok);
        return refused("console.write", { recordingId, text });
      }),
    "no-such-launch": () => refused("launch.delete", { id: "gone" }),
    "bad-package-json": () => {
      const cwd = join(root, "bad package");
      mkdirSync(cwd);
      writeFileSync(join(cwd, "package.json"), "{");
      return refused("launch.folder", { cwd });
    },
    "not-a-recorded-place": () =>
      withSample((recordingId) =>
        refused("editor.open", { recordingId, file: "/etc/passwd", line: 1, column: 1, editor: "vscode" }),
      ),
    "source-missing": () => atItsPlace(join(root, "gone.js"), "environment"),
    "no-editor": () => atItsPlace(written("there.js", ""), "jetbrains"),
    "editor-failed": () => {
      const editor = written("bad-editor", "#!/bin/sh\nexit 7\n");
      chmodSync(editor, 0o755);
      return atItsPlace(written("there too.js", ""), "environment");
    },
  };
}
