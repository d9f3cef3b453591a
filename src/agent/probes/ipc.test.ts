import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { MessageRecord } from "../../shared/protocol/message-records.js";
import { ChildStarts } from "../child-starts.js";
import { Guest, saveOriginals } from "../guest.js";
import { HybridClock } from "../hybrid-clock.js";
import { Messages } from "../messages.js";
import { installIpc } from "./ipc.js";

const folder = mkdtempSync(join(tmpdir(), "hindcast-ipc-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const echo = join(folder, "echo.cjs");
writeFileSync(
  echo,
  `process.on("message", (message) => process.send({ message, named: process.env.HINDCAST_IPC ?? "" }));`,
);

const recorded: MessageRecord[] = [];
let uninstall = (): void => undefined;
afterEach(() => {
  uninstall();
  recorded.length = 0;
});

function install(): void {
  const messages = new Messages(
    { message: (record) => recorded.push(record) },
    new HybridClock(() => 1),
    "7".repeat(32),
  );
  const kit = { guest: new Guest(saveOriginals()), messages, childStarts: new ChildStarts() };
  uninstall = installIpc(kit);
}

const start = (env: NodeJS.ProcessEnv): ChildProcess => fork(echo, { env: { PATH: process.env["PATH"], ...env } });
const told = (): readonly string[] =>
  recorded.map(({ part, end, originUs, upTo }) => `${part} ${end} ${end === "sent" ? `${originUs}-` : ""}${upTo}`);

async function answerTo(child: ChildProcess, message: string): Promise<{ message: string; named: string }> {
  child.send(message);
  const [answer] = await once(child, "message");
  return answer;
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  child.disconnect();
  await exited;
}

/** What stands on a handle itself, and whether it reads with what Node gave it. */
function handleOf(child: ChildProcess): object {
  const symbol = Object.getOwnPropertySymbols(child).find(({ description }) => description === "kChannelHandle");
  return Reflect.get(child, symbol ?? "");
}

describe("the channel to a child", () => {
  it("is counted by the bytes that went and came, each message before it goes", async () => {
    install();
    const child = start({ HINDCAST_SOCKET: "/nowhere" });
    const { named } = await answerTo(child, "é");
    expect(named).toMatch(new RegExp(`^[0-9a-f]{16}\\.${process.pid}\\.2004318071$`));
    const came = JSON.stringify({ message: "é", named }).length + 2; // two bytes for the é, and a newline
    expect(told()).toEqual(["to-child sent 0-0", "to-child sent 0-5", `to-parent received ${came}`]);
    expect(recorded.map(({ channel }) => Buffer.from(channel).toString("hex"))).toEqual(
      Array(3).fill(named.slice(0, 16)),
    );
    await answerTo(child, "b");
    expect(told().slice(3)).toEqual(["to-child sent 5-9", `to-parent received ${2 * came - 1}`]);
    await end(child);
  });

  it("is left alone when the child is not recorded", async () => {
    install();
    for (const env of [{}, { HINDCAST_SOCKET: "/nowhere", HINDCAST: "off" }]) {
      const child = start(env);
      expect(await answerTo(child, "a")).toEqual({ message: "a", named: "" });
      await end(child);
    }
    expect(told()).toEqual([]);
  });

  it("says nothing more once somebody has written past it", async () => {
    install();
    const child = start({ HINDCAST_SOCKET: "/nowhere" });
    await answerTo(child, "a");
    const handle = handleOf(child);
    const known = recorded.length;
    const written = Number(Reflect.get(handle, "bytesWritten"));
    Object.defineProperty(handle, "bytesWritten", { get: () => written + 3, configurable: true });
    await answerTo(child, "b");
    expect(told().slice(known)).toEqual([expect.stringMatching(/^to-parent received/)]);
    Reflect.deleteProperty(handle, "bytesWritten");
    await end(child);
  });

  it("is as it was after uninstalling, and goes on", async () => {
    install();
    const child = start({ HINDCAST_SOCKET: "/nowhere" });
    const handle = handleOf(child);
    const reading: unknown = Reflect.get(handle, "onread");
    const own = () => Object.getOwnPropertyNames(handle).filter((name) => name.startsWith("write"));
    expect(own()).toEqual(["writeUtf8String", "writeBuffer"]);
    await answerTo(child, "a");
    uninstall();
    const known = recorded.length;
    expect((await answerTo(child, "b")).message).toBe("b");
    expect(recorded.length).toBe(known);
    expect(own()).toEqual([]);
    expect(Reflect.get(handle, "onread")).not.toBe(reading);
    await end(child);
  });
});
