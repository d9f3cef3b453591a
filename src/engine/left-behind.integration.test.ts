// Files that programs left in the socket's folder, as the contract has them and as nobody should write them.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { randomFrom } from "../shared/base/random.test-support.js";
import type { AgentRecord } from "../shared/protocol/agent-records.js";
import {
  type Hello,
  defaultDelivery,
  frameHeader,
  frameTypes,
  leftFileName,
  wireVersion,
} from "../shared/protocol/agent-wire.js";
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import { TestEngine } from "./engine.test-support.js";
import { RecordMaker, SocketAgent, batchBody, helloOf } from "./socket-agent.test-support.js";

const runIdOf = (number: number): string => number.toString(16).padStart(32, "0");
const frameOf = (type: number, body: Uint8Array): Uint8Array => Buffer.concat([frameHeader(type, body.length), body]);
const controlOf = (type: number, message: object): Uint8Array => frameOf(type, Buffer.from(JSON.stringify(message)));
const helloFrame = (hello: Hello): Uint8Array => controlOf(frameTypes.hello, hello);
const batchFrame = (number: number, records: readonly AgentRecord[]): Uint8Array =>
  frameOf(frameTypes.batch, batchBody(number, records));
const byeFrame = (written: number, dropped: number, more: object = {}): Uint8Array =>
  controlOf(frameTypes.bye, { kind: "bye", clockMs: 50, exitCode: 0, written, dropped, ...more });

describe.skipIf(process.platform === "win32")("what programs left behind", () => {
  let engine: TestEngine;
  let summary: RecordingSummary;
  let socketPath: string;
  let token: string;
  beforeEach(async () => {
    engine = new TestEngine();
    ({ summary, socketPath, token } = await engine.record());
  });
  afterEach(() => engine.dispose());

  const pathOf = (runId: string): string => join(dirname(socketPath), leftFileName(runId));
  const leave = (runId: string, ...frames: Uint8Array[]): void =>
    writeFileSync(pathOf(runId), Buffer.concat(frames), { mode: 0o600 });
  const log = (maker: RecordMaker, body: string) =>
    maker.make({ kind: "log", severity: 9, span: 0, source: 0, body, attributes: {} });
  const bodies = async (): Promise<string[]> =>
    (await engine.call("logs.page", { recordingId: summary.recordingId, first: 0, limit: 2000 })).bodies;
  const summaryNow = () => engine.call("recording.summary", { recordingId: summary.recordingId });
  const stop = (ended?: { pid: number; exitCode?: number; signal?: string }) =>
    engine.call("recording.stop", { recordingId: summary.recordingId, ended });
  const gaps = async (): Promise<string[]> =>
    (await engine.call("timeline.marks", { recordingId: summary.recordingId }))
      .filter(({ kind }) => kind === "gap")
      .map(({ process, lost, label }) => `${process} ${lost} ${label}`);

  it("are the end of a process that never got through, with the number of what it made", async () => {
    leave(runIdOf(1), helloFrame(helloOf({ token, runId: runIdOf(1) })), byeFrame(40, 2, { exitCode: 3 }));
    const saved = await stop();
    expect(saved.processes.map(({ ended, endUnknown, dropped }) => [ended?.exitCode, endUnknown, dropped])).toEqual([
      [3, false, 42],
    ]);
    expect(await gaps()).toEqual(["1 42 records dropped: the program ended before they could be sent"]);
    expect(saved.counts.lost).toBe(42);
  });

  it("follow what came over the connection as soon as that is lost, and nothing is doubled", async () => {
    const maker = new RecordMaker();
    const [one, two, three] = [[log(maker, "1")], [log(maker, "2")], [log(maker, "3")]];
    const hello = helloOf({ token, runId: runIdOf(1) });
    const agent = await SocketAgent.greet(socketPath, hello);
    agent.batch(1, one);
    agent.batch(2, two);
    await agent.acknowledged(2);
    leave(hello.runId, helloFrame(hello), batchFrame(2, two), batchFrame(3, three), byeFrame(10, 5));
    agent.socket.destroy();
    await expect.poll(() => existsSync(pathOf(hello.runId))).toBe(false);
    expect(await bodies()).toEqual(["1", "2", "3"]);
    const [live] = (await summaryNow()).processes;
    expect([live?.ended?.exitCode, live?.endUnknown, live?.dropped]).toEqual([0, false, 12]);
    const saved = await stop();
    expect([saved.counts.lost, await gaps()]).toEqual([
      12,
      ["1 12 records dropped: the program ended before they could be sent"],
    ]);
  });

  it("are not taken before the connection of their process is read to its end", async () => {
    const maker = new RecordMaker();
    const hello = helloOf({ token, runId: runIdOf(1) });
    const agent = await SocketAgent.greet(socketPath, hello);
    const other = await SocketAgent.greet(socketPath, helloOf({ token, runId: runIdOf(2), pid: 2 }));
    leave(hello.runId, helloFrame(hello), byeFrame(3, 0));
    other.socket.destroy();
    await expect
      .poll(async () => (await summaryNow()).processes.map(({ endUnknown }) => endUnknown))
      .toEqual([false, true]);
    agent.batch(1, [log(maker, "1"), log(maker, "2")]);
    await agent.acknowledged(1);
    agent.socket.destroy();
    await expect.poll(() => existsSync(pathOf(hello.runId))).toBe(false);
    const [process] = (await stop()).processes;
    expect([process?.dropped, await bodies()]).toEqual([1, ["1", "2"]]);
  });

  it("do not say how a program ended whose parent saw it end otherwise", async () => {
    leave(runIdOf(1), helloFrame(helloOf({ token, runId: runIdOf(1), pid: 7 })), byeFrame(4, 0));
    const early = await SocketAgent.greet(socketPath, helloOf({ token, runId: runIdOf(1), pid: 7 }));
    const stopping = stop({ pid: 7, signal: "SIGKILL" });
    await early.closed();
    const [process] = (await stopping).processes;
    expect([process?.ended?.signal, process?.ended?.exitCode, process?.endUnknown, process?.dropped]).toEqual([
      "SIGKILL",
      undefined,
      false,
      4,
    ]);
  });

  it("are of this recording, whole and plausible, or not believed", async () => {
    const hello = (number: number, more: Partial<Hello> = {}): Uint8Array =>
      helloFrame(helloOf({ token, runId: runIdOf(number), ...more }));
    const bye = byeFrame(5, 0);
    const large = frameOf(frameTypes.batch, new Uint8Array(16 * 1024 * 1024));
    leave(runIdOf(1), hello(1, { token: `${token}0` }), bye);
    leave(runIdOf(2), hello(2, { wireVersion: wireVersion + 1 }), bye);
    leave(runIdOf(3), bye);
    leave(runIdOf(4));
    leave(runIdOf(5), hello(5, { timeOriginMs: -1 }), bye);
    leave(runIdOf(6), large, bye);
    leave("../../escape".replaceAll("/", "_"), hello(7), bye);
    mkdirSync(pathOf(runIdOf(8)));
    execFileSync("mkfifo", [pathOf(runIdOf(9))]);
    writeFileSync(engine.path("elsewhere"), Buffer.concat([hello(10), bye]));
    symlinkSync(engine.path("elsewhere"), pathOf(runIdOf(10)));
    leave(runIdOf(11), hello(11), bye);
    chmodSync(pathOf(runIdOf(11)), 0o000);
    const isRoot = process.getuid?.() === 0;
    leave(runIdOf(12), hello(12), bye);
    const saved = await stop();
    expect(saved.processes.map(({ ended, dropped }) => [ended?.exitCode, dropped])).toEqual(
      // Nothing is unreadable for root.
      isRoot
        ? [
            [0, 5],
            [0, 5],
          ]
        : [[0, 5]],
    );
  });

  it("are believed up to where they go wrong, as a connection is", async () => {
    const maker = new RecordMaker();
    const one = batchFrame(1, [log(maker, "1")]);
    const broken = [
      [byeFrame(-1, 0)],
      [byeFrame(5, 0, { clockMs: 1e300 })],
      [frameOf(frameTypes.bye, Buffer.from("{"))],
      [frameOf(frameTypes.batch, Uint8Array.of(1))],
      [helloFrame(helloOf({ token, runId: runIdOf(77) })), byeFrame(5, 0)],
      [Uint8Array.of(1, 2, 3)],
    ];
    for (const [index, frames] of broken.entries()) {
      const runId = runIdOf(index + 1);
      leave(runId, helloFrame(helloOf({ token, runId, pid: index + 2 })), ...(index === 0 ? [one] : []), ...frames);
    }
    const saved = await stop();
    expect(saved.processes.map(({ endUnknown, dropped }) => [endUnknown, dropped])).toEqual(
      broken.map(() => [true, 0]),
    );
    expect(await bodies()).toEqual(["1"]);
  });

  it("hold more than names and gaps only where a spill was asked for", async () => {
    for (const [index, spillBytes] of [0, 16 * 2 ** 20].entries()) {
      const runId = runIdOf(index + 1);
      const delivery = { ...defaultDelivery, spillBytes };
      const settings = { ...helloOf().settings, delivery };
      const maker = new RecordMaker();
      const batches = Array.from({ length: 10 }, (_, batch) =>
        batchFrame(batch + 1, [maker.make({ kind: "string", id: batch + 1, text: "x".repeat(2 ** 20) })]),
      );
      leave(runId, helloFrame(helloOf({ token, runId, pid: index + 2, settings })), ...batches, byeFrame(11, 0));
    }
    const saved = await stop();
    expect(saved.processes.map(({ endUnknown, dropped }) => [endUnknown, dropped])).toEqual([
      [true, 0],
      [false, 1],
    ]);
  });

  it("do no harm, whatever bytes they are (seed 5)", async () => {
    const random = randomFrom(5);
    const maker = new RecordMaker();
    for (let number = 1; number <= 60; number++) {
      const hello = helloFrame(helloOf({ token, runId: runIdOf(number) }));
      const bytes = Buffer.concat([hello, batchFrame(1, [log(maker, "1")]), byeFrame(5, 0)]);
      for (let change = 0; change < 3; change++)
        bytes[Math.floor((random() < 0.5 ? 1 : hello.length / bytes.length) * random() * bytes.length)] =
          random() * 256;
      leave(runIdOf(number), bytes.subarray(0, random() < 0.3 ? random() * bytes.length : bytes.length));
    }
    const saved = await stop();
    expect(saved.state).toBe("saved");
    expect(readdirSync(engine.folder)).toContain("test.hindcast");
  });
});
