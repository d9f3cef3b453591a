import { ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { ChildStarts, type Started } from "./child-starts.js";
import { Guest, saveOriginals } from "./guest.js";
import { dataProperty, isObject } from "./own-data.js";

const own = ChildProcess.prototype;
const describedSpawn = () => Object.getOwnPropertyDescriptor(own, "spawn");

/** What each listener was told, in order. */
function listening() {
  const [starts, guest, told] = [new ChildStarts(), new Guest(saveOriginals()), new Array<string>()];
  const listen = (name: string, change?: (given: object) => unknown) =>
    starts.listen(guest, (start) => {
      told.push(`${name} asked${start.given === start.asked ? "" : ", changed"}${start.isWaitedFor ? ", waits" : ""}`);
      if (change !== undefined && isObject(start.given)) start.given = change(start.given);
      return (started: Started) => void told.push(`${name} ${started.kind}`);
    });
  return { listen, told, guest };
}

describe("starts of processes", () => {
  it("are told to all that listen, in their order, and what one changes is what is started", async () => {
    const { listen, told } = listening();
    const releases = [
      listen("first", (given) => ({ ...given, args: [process.execPath, "-e", "process.exit(7)"] })),
      listen("second"),
    ];
    const child = spawn(process.execPath, ["-e", ""]);
    expect((await once(child, "exit"))[0]).toBe(7);
    expect(spawnSync(process.execPath, ["-e", ""]).status).toBe(7);
    const inTurn = (kind: string, how = "") => [
      `first asked${how}`,
      `second asked, changed${how}`,
      `first ${kind}`,
      `second ${kind}`,
    ];
    expect(told).toEqual([...inTurn("runs"), ...inTurn("ended", ", waits")]);
    for (const release of releases) release();
  });

  it("that throw are told, and throw what Node throws", () => {
    const { listen, told } = listening();
    const release = listen("one", () => ({ args: "no list" }));
    expect(() => spawn("node")).toThrow(TypeError);
    expect(told).toEqual(["one asked", "one thrown"]);
    release();
  });

  it("go on when a listener throws", async () => {
    const { listen, told, guest } = listening();
    const releases = [
      listen("bad", () => {
        throw new Error("bad");
      }),
      listen("good"),
    ];
    expect((await once(spawn(process.execPath, ["-e", ""]), "exit"))[0]).toBe(0);
    expect(told).toEqual(["bad asked", "good asked", "good runs"]);
    expect(guest.faults).toBe(1);
    for (const release of releases) release();
  });

  it("are Node's own again once nobody listens, in whatever order they went", async () => {
    const before = describedSpawn();
    const { listen, told } = listening();
    const [first, second] = [listen("first"), listen("second")];
    first();
    first();
    expect((await once(spawn(process.execPath, ["-e", ""]), "exit"))[0]).toBe(0);
    expect(told).toEqual(["second asked", "second runs"]);
    second();
    expect(describedSpawn()).toEqual(before);
    expect(dataProperty(own, "spawn")).toBe(before?.value);
  });
});
