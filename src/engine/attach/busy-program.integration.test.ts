// A program that is busy when its inspector is opened for us: it is closed when the program gets to it, and stays so.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { InspectorSession } from "./inspector-session.js";
import { NodeBinaries } from "./node-binaries.js";
import { inspectorOf } from "./open-inspector.js";
import { closeInspector } from "./put-in.js";

const source = `
const lines = require("node:readline").createInterface({ input: process.stdin });
lines.on("line", (line) => {
  if (line === "spin") for (const end = performance.now() + 2000; performance.now() < end;);
  else console.log(String(require("node:inspector").url()));
});
console.log("ready");
`;

it.skipIf(process.platform !== "linux")("an inspector that a busy program opened is closed for good", async () => {
  const child = spawn(process.execPath, ["--inspect-port=0", "-e", source], { stdio: ["pipe", "pipe", "ignore"] });
  const ended = once(child, "exit");
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    await lines.next();
    const url = async (): Promise<unknown> => {
      child.stdin.write("url\n");
      return (await lines.next()).value;
    };
    child.stdin.write("spin\n");
    const opened = await inspectorOf(child.pid ?? 0, false, new NodeBinaries());
    if (!opened.ok) throw new Error(opened.error.code);
    const session = await InspectorSession.connect(opened.value.host, opened.value.port);
    if (!session.ok) throw new Error(session.error.reason);
    await closeInspector(session.value);
    session.value.close();
    await expect.poll(url).toBe("undefined");
    expect([await url(), await url()]).toEqual(["undefined", "undefined"]);
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
});
