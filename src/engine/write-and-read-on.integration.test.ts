// A program that was killed, its socket and what the kernel still holds of it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { type Socket, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { writeAndReadOn } from "./write-and-read-on.js";

const bytes = 100_000;
/** Says a word, then the rest when it is told to, and is killed when the kernel has it. */
const program = `
  const socket = require("node:net").connect(process.argv[1], () => socket.write("hello"));
  socket.once("data", () => socket.write(Buffer.alloc(${bytes}), () => process.kill(process.pid, "SIGKILL")));
`;

describe.runIf(process.platform === "linux")("writing to a program that was killed", () => {
  const folder = mkdtempSync(join(tmpdir(), "hindcast write "));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("leaves what it said last to be read", async () => {
    const path = join(folder, "socket");
    const server = createServer({ allowHalfOpen: true }).listen(path);
    await once(server, "listening");
    const child = spawn(process.execPath, ["-e", program, path]);
    const [socket]: Socket[] = await once(server, "connection");
    if (socket === undefined) throw new Error("no socket");
    let read = 0;
    socket.on("data", (chunk: Buffer) => (read += chunk.length));
    socket.on("error", () => socket.destroy());
    await once(socket, "data");
    writeAndReadOn(socket, Buffer.from("go on"));
    untilGone(child.pid ?? 0);
    for (let times = 0; times < 3; times++) writeAndReadOn(socket, Buffer.from("acknowledged"));
    socket.on("end", () => socket.end());
    await once(socket, "close");
    server.close();
    expect(read).toBe("hello".length + bytes);
  });
});

/** Waits with the event loop held up, as an engine's may be: nothing is read meanwhile. */
function untilGone(pid: number): void {
  const word = new Int32Array(new SharedArrayBuffer(4));
  const state = (): string => readFileSync(`/proc/${pid}/stat`, "utf8");
  // Its sockets are there for as long as one of its threads is, and its first one may go before.
  const threads = (): number => readdirSync(`/proc/${pid}/task`).length;
  while (!/\) [ZX] /u.test(state()) || threads() > 1) Atomics.wait(word, 0, 0, 10);
}
