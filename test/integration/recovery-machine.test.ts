// What a machine does to a recording: disks fill up, become read-only or go away, clocks are set, processes stand still.
// Nothing is mocked: small file systems are mounted, the clock is libfaketime's, processes are stopped by signals.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { type Ended, Place } from "./hindcast-process.js";
import { mayMount } from "../../src/engine/may-mount.test-support.js";

const place = new Place();
const sample = join(process.cwd(), "recordings/ledger-first.hindcast");
afterAll(() => place.remove());

const mounted = new Set<string>();
function mountDisk(name: string, megabytes: number): string {
  const at = place.path(name);
  mkdirSync(at);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "none", at]);
  mounted.add(at);
  return at;
}
function unmount(at: string): void {
  if (mounted.delete(at)) execFileSync("umount", ["-l", at]);
}
afterEach(() => {
  for (const at of mounted) unmount(at);
});

interface Told {
  readonly seq: number;
  readonly instant: string;
  readonly attributes: { readonly n: number; readonly now?: number };
}

/** Numbers recorded as events, in the order in which they were recorded. */
async function eventsIn(path: string): Promise<readonly Told[]> {
  const { out, err } = await place.run(["events", path, "--json"]);
  expect(err).toBe("");
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Told);
}

interface MarkTold {
  readonly kind: string;
  readonly reason?: string;
  readonly since: string;
  readonly instant: string;
  readonly label: string;
}

/** Where the program stood still, and whatever else is a gap. */
async function gapsIn(path: string): Promise<readonly MarkTold[]> {
  const { out, err } = await place.run(["marks", path, "--json"]);
  expect(err).toBe("");
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as MarkTold)
    .filter(({ kind }) => kind === "gap");
}

const counted = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

/** One sentence and the next step, once. */
function expectOneSentence({ err }: Ended, sentence: RegExp): void {
  expect(err).toMatch(sentence);
  expect(err.match(/^hindcast: /gm)).toHaveLength(1);
}

/** Counts aloud, an event for each number, until it is told to stop; prints how far it came. */
const counting = `const { event } = require("hindcast"); let n = 0;
  const timer = setInterval(() => { for (let left = 20; left > 0; left--) event("n", { n: ++n, text: "no two alike " + Math.sin(n) }); }, 5);
  process.stdin.once("data", () => { clearInterval(timer); process.stdin.destroy(); console.log("counted " + n); });
  console.log("counting");`;

/** The same, and much more of it. */
const plenty = counting.replace(
  '"no two alike " + Math.sin(n)',
  'require("node:crypto").randomBytes(1500).toString("base64")',
);

/** The program's own command line, and not that of `record`, which ends with it. */
const guest = /^node\0(?!.*cli\.js).*-e\0/;

describe.runIf(mayMount)("the disk of a recording (as root, where file systems may be mounted)", () => {
  it("may be full for a while: everything is there when there is room again", async () => {
    const disk = mountDisk("filled", 3);
    const recording = place.start(["record", "-o", "filled/a.hindcast", "--", "node", "-e", counting]);
    await recording.printed(/counting/);
    await expect.poll(() => existsSync(join(disk, "a.hindcast.wal")), { timeout: 20_000 }).toBe(true);
    // Whatever is left of the disk: dd ends when there is no more.
    try {
      execFileSync("dd", ["if=/dev/zero", `of=${join(disk, "filler")}`, "bs=4k"], { stdio: "ignore" });
    } catch {
      // It is full.
    }
    await wait(2500);
    execFileSync("mount", ["-o", "remount,size=64m", disk]);
    rmSync(join(disk, "filler"));
    await wait(2500);
    recording.child.stdin.end("stop");
    const total = Number(await recording.printed(/counted (\d+)/));
    const ended = await recording.ended;
    expect(ended.code).toBe(0);
    // On a busy machine it may be full for long enough that it is said.
    expect(ended.err).toMatch(/^(?:hindcast: The disk of .* is nearly full: .*\n.* Nothing is lost so far\.\n)?$/);
    expect((await eventsIn("filled/a.hindcast")).map(({ attributes }) => attributes.n)).toEqual(counted(total));
  });

  it("may fill up under a recording with a limit: the oldest makes room, and it goes on", async () => {
    const disk = mountDisk("shared", 48);
    const limits = ["--max-size", "1GB", "--durability", "50"];
    const recording = place.start(["record", "-o", "shared/a.hindcast", ...limits, "--", "node", "-e", plenty]);
    await recording.printed(/counting/);
    const size = (): number =>
      ["a.hindcast", "a.hindcast.wal"]
        .map((name) => join(disk, name))
        .reduce((sum, path) => sum + (existsSync(path) ? statSync(path).size : 0), 0);
    const grownTo = (bytes: number) => expect.poll(size, { timeout: 30_000 }).toBeGreaterThan(bytes);
    await grownTo(8e6);
    const room = Number(execFileSync("df", ["--output=avail", "-B1", disk]).toString().trim().split("\n")[1]);
    const filler = join(disk, "filler");
    execFileSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=64k", `count=${Math.floor((room - 6e6) / 65_536)}`], {
      stdio: "ignore",
    });
    await wait(5000);
    rmSync(filler);
    recording.child.stdin.end("stop");
    const total = Number(await recording.printed(/counted (\d+)/));
    const ended = await recording.ended;
    expect(ended.code).toBe(0);
    // It may have warned; and on a busy machine the program may have made more than there was room for meanwhile.
    const sentences = ended.err.split(/^hindcast: /m).slice(1);
    expect(sentences.filter((one) => !/ is nearly full: | lacks [\d,]+ of its records: /.test(one))).toEqual([]);
    const lost = Number(/ lacks ([\d,]+) of its records: /.exec(ended.err)?.[1]?.replaceAll(",", "") ?? 0);
    const kept = (await eventsIn("shared/a.hindcast")).map(({ attributes }) => attributes.n);
    expect(kept.length).toBeLessThan(total);
    // The newest, whole but for what it says that it lacks.
    const there = new Set(kept);
    const newest = counted(total).slice((kept[0] ?? 1) - 1);
    expect(kept).toEqual(newest.filter((n) => there.has(n)));
    expect(newest.length - kept.length).toBeLessThanOrEqual(lost);
  });

  it("may stay full: what was committed is there, and how much is not is said", async () => {
    mountDisk("full", 1);
    const script = `for (let n = 1; n <= 50_000; n++) require("hindcast").event("n", { n, text: "no two alike " + Math.sin(n) }); process.exitCode = 3`;
    const ended = await place.run(["record", "-o", "full/a.hindcast", "--", "node", "-e", script]);
    expect(ended.code).toBe(3);
    expectOneSentence(
      ended,
      /There is no room left on the disk of .*a\.hindcast\. Of what came since, (at least )?[\d,]+ records were not kept\./,
    );
    const notKept = Number(/([\d,]+) records were not kept/.exec(ended.err)?.[1]?.replaceAll(",", ""));
    const kept = (await eventsIn("full/a.hindcast")).map(({ attributes }) => attributes.n);
    expect(kept).toEqual(counted(kept.length));
    // Exact when the program could tell how many it made before it ended; else as many as came. Beside the events there
    // are names, the collector's and the loop's samples.
    if (!ended.err.includes("at least")) expect(kept.length + notKept).toBeGreaterThanOrEqual(50_000);
    expect(notKept).toBeGreaterThan(0);
    expect(kept.length + notKept).toBeLessThan(51_000);
  });

  it("may be read-only: recordings on it are read, also with a log beside them, and none is made", async () => {
    const disk = mountDisk("fixed", 32);
    cpSync(sample, join(disk, "whole.hindcast"));
    const recording = place.start(["record", "-o", "fixed/killed.hindcast", "--", "node", "-e", counting]);
    await recording.printed(/counting/);
    await expect.poll(() => existsSync(join(disk, "killed.hindcast.wal")), { timeout: 20_000 }).toBe(true);
    await wait(500);
    process.kill(recording.child.pid ?? 0, "SIGSTOP");
    for (const pattern of [/engine-process/, guest]) process.kill(place.pidOf(pattern), "SIGKILL");
    recording.child.kill("SIGKILL");
    await recording.ended;
    execFileSync("mount", ["-o", "remount,ro", disk]);
    expect((await place.run(["info", "fixed/whole.hindcast"])).code).toBe(0);
    const events = await eventsIn("fixed/killed.hindcast");
    expect(events.length).toBeGreaterThan(0);
    expect(events.map(({ attributes }) => attributes.n)).toEqual(counted(events.length));
    const made = await place.run(["record", "-o", "fixed/new.hindcast", "--", "node", "-e", "0"]);
    expect(made.code).toBe(1);
    expectOneSentence(made, /new\.hindcast cannot be written: /);
  });

  it("may go away while a program is recorded: the program is not disturbed, and the end says so", async () => {
    const disk = mountDisk("gone", 32);
    const recording = place.start([
      "record",
      "-o",
      "gone/a.hindcast",
      "--",
      "node",
      "-e",
      `${counting}; process.exitCode = 4`,
    ]);
    await recording.printed(/counting/);
    await expect.poll(() => existsSync(join(disk, "a.hindcast.wal")), { timeout: 20_000 }).toBe(true);
    unmount(disk);
    await wait(500);
    recording.child.stdin.end("stop");
    const ended = await recording.ended;
    expect(ended.code).toBe(4);
    expectOneSentence(ended, /a\.hindcast is gone: it was removed, or its disk was, while it was recorded\./);
  });
});

describe("a file that two engines want", () => {
  it("belongs to the one that records into it, and is whole afterwards", async () => {
    const recording = place.start(["record", "-o", "two.hindcast", "--", "node", "-e", counting]);
    await recording.printed(/counting/);
    // Another engine reads it through the one that records.
    expect(await place.run(["info", "two.hindcast"])).toMatchObject({ code: 0, err: "" });
    const second = await place.run(["record", "-o", "two.hindcast", "--", "node", "-e", "0"]);
    expect(second.code).toBe(1);
    expectOneSentence(second, /two\.hindcast exists already\./);
    recording.child.stdin.end("stop");
    const total = Number(await recording.printed(/counted (\d+)/));
    expect((await recording.ended).err).toBe("");
    expect((await eventsIn("two.hindcast")).map(({ attributes }) => attributes.n)).toEqual(counted(total));
  });
});

describe.runIf(process.platform !== "win32")("processes that stand still", () => {
  it.for([
    ["the program", guest],
    ["the engine", /engine-process/],
    ["the host", /cli\.js/],
  ] as const)("%s does so for seconds: nothing is lost, and where the program did is told", async ([name, pattern]) => {
    const path = `${name.replace(" ", "-")}.hindcast`;
    const recording = place.start(["record", "-o", path, "--", "node", "-e", counting]);
    await recording.printed(/counting/);
    // From the first commit on the agent's worker is certainly at work.
    await expect
      .poll(() => readFileSync(place.path(`${path}.wal`)).includes("no two alike"), { timeout: 20_000 })
      .toBe(true);
    const pid = name === "the host" ? (recording.child.pid ?? 0) : place.pidOf(pattern);
    process.kill(pid, "SIGSTOP");
    await wait(2500);
    process.kill(pid, "SIGCONT");
    await wait(300);
    recording.child.stdin.end("stop");
    const total = Number(await recording.printed(/counted (\d+)/));
    const ended = await recording.ended;
    expect([ended.code, ended.err]).toEqual([0, ""]);
    const events = await eventsIn(path);
    expect(events.map(({ attributes }) => attributes.n)).toEqual(counted(total));
    const gaps = await gapsIn(path);
    expect(gaps.map(({ reason }) => reason)).toEqual(name === "the program" ? ["suspended"] : []);
    for (const { since, instant, label } of gaps) {
      const [from, to] = [BigInt(since), BigInt(instant)];
      expect(Number(to - from)).toBeGreaterThan(2_400_000_000);
      expect(label).toMatch(/^stood still for \d+\.\d s: the program or the machine was suspended$/);
      // Nothing but what was made after the agent looked last, and before it noticed that time goes on.
      const within = events.filter(
        ({ instant: at }) => BigInt(at) > from + 500_000_000n && BigInt(at) < to - 500_000_000n,
      );
      expect(within).toEqual([]);
    }
  });

  it("do not when they are busy, wait for a child or sleep in the middle of their code", async () => {
    const script = `const { event } = require("hindcast"); event("n", { n: 1 });
      for (const end = Date.now() + 1200; Date.now() < end;);
      require("node:child_process").execFileSync(process.execPath, ["-e", "setTimeout(() => 0, 1200)"]);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200);`;
    expect(await place.run(["record", "-o", "busy.hindcast", "--", "node", "-e", script])).toMatchObject({ code: 0 });
    expect(await gapsIn("busy.hindcast")).toEqual([]);
  });
});

const faketime = [
  "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
  "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
].find((path) => existsSync(path));

describe.runIf(faketime !== undefined)("clocks that are set (needs Debian's package faketime)", () => {
  it.for(["-3600", "+3600"])("in the program by %s s while it runs move no record", async (step) => {
    const clock = place.path(`clock${step}`);
    writeFileSync(clock, "+0");
    const script = `const { event } = require("hindcast"); const { writeFileSync } = require("node:fs");
      const before = Date.now(); let n = 0;
      const timer = setInterval(() => {
        event("n", { n: ++n });
        if (n === 50) writeFileSync(${JSON.stringify(clock)}, "${step}s");
        if (n === 100) { clearInterval(timer); console.log("moved " + Math.round((Date.now() - before) / 60000)); }
      }, 5);`;
    const path = `step${step}.hindcast`;
    const command = ["env", `LD_PRELOAD=${faketime}`, `FAKETIME_TIMESTAMP_FILE=${clock}`, "FAKETIME_NO_CACHE=1"];
    const { out, err, code } = await place.run([
      "record",
      "-o",
      path,
      "--",
      ...command,
      "FAKETIME_DONT_FAKE_MONOTONIC=1",
      "node",
      "-e",
      script,
    ]);
    expect([code, err, out]).toEqual([0, "", `moved ${Number(step) / 60}\n`]);
    const events = await eventsIn(path);
    expect(events.map(({ attributes }) => attributes.n)).toEqual(counted(100));
    const times = events.map(({ instant }) => BigInt(instant));
    expect(times.every((time, at) => at === 0 || time >= (times[at - 1] ?? 0n))).toBe(true);
    expect((times[99] ?? 0n) - (times[0] ?? 0n)).toBeLessThan(600_000_000_000n);
    expect(await gapsIn(path)).toEqual([]);
  });

  it.runIf(mayMount)(
    "and an uptime that agrees are a machine that slept: the program's times are right again",
    async () => {
      const [clock, uptime] = [place.path("clock"), place.path("uptime")];
      writeFileSync(clock, "+0");
      writeFileSync(uptime, readFileSync("/proc/uptime"));
      // As Linux does it: the monotonic clock is what it was, the wall clock and the uptime are an hour further on.
      const script = `const { event } = require("hindcast"); const { readFileSync, writeFileSync } = require("node:fs");
      let n = 0;
      const timer = setInterval(() => {
        event("n", { n: ++n, now: Date.now() });
        if (n === 50) {
          writeFileSync("/proc/uptime", String(Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) + 3600) + " 0");
          writeFileSync(${JSON.stringify(clock)}, "+3600s");
        }
        if (n === 150) clearInterval(timer);
      }, 5);`;
      const fake = `LD_PRELOAD=${faketime} FAKETIME_TIMESTAMP_FILE='${clock}' FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1`;
      const inner = `mount --bind '${uptime}' /proc/uptime && exec env ${fake} node -e "$0"`;
      const ended = await place.run([
        "record",
        "-o",
        "slept.hindcast",
        "--",
        "unshare",
        "--mount",
        "sh",
        "-c",
        inner,
        script,
      ]);
      expect([ended.code, ended.err]).toEqual([0, ""]);
      const events = await eventsIn("slept.hindcast");
      expect(events.map(({ attributes }) => attributes.n)).toEqual(counted(150));
      const aheadMs = ({ instant, attributes: { now } }: Told) => Number(BigInt(instant) / 1_000_000n) - (now ?? 0);
      const [first, last] = [events[0], events[149]].map((event) =>
        event === undefined ? Number.NaN : aheadMs(event),
      );
      expect(first).toBeGreaterThan(-1000);
      expect(first).toBeLessThan(1000);
      expect(last).toBeGreaterThan(-1000);
      expect(last).toBeLessThan(1000);
      const gaps = await gapsIn("slept.hindcast");
      expect(gaps.map(({ label }) => label)).toEqual([expect.stringMatching(/^stood still for 3(599|60\d)\.\d s: /)]);
    },
  );

  it("differ between the engine and the program: the program's counts", async () => {
    const script = `const { event } = require("hindcast"); event("n", { n: 1 }); console.log(performance.timeOrigin)`;
    const { out, code } = await place.run(
      ["record", "-o", "behind.hindcast", "--", "env", "-u", "LD_PRELOAD", "node", "-e", script],
      "",
      { LD_PRELOAD: faketime ?? "", FAKETIME: "-1d", FAKETIME_DONT_FAKE_MONOTONIC: "1" },
    );
    expect(code).toBe(0);
    const [event] = await eventsIn("behind.hindcast");
    const sinceStart = Number(BigInt(event?.instant ?? 0)) / 1e6 - Number(out);
    expect(sinceStart).toBeGreaterThan(-1);
    expect(sinceStart).toBeLessThan(600_000);
  });
});
