// Two real programs that talk over HTTP, or as parent and child, one of them by a clock that is seconds off: what is shown of both at any instant
// could have been seen. The programs say themselves what follows from what: nothing is served that was not asked for, and
// no part of an answer is heard before it was given.
import { existsSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { triesAllSeeds } from "../../src/engine/replay/seeds.test-support.js";
import { Place } from "./hindcast-process.js";

const place = new Place();
afterAll(() => place.remove());

const rounds = 12;
const server = `const { track } = require("hindcast");
  const http = require("node:http");
  const served = track("served", { last: 0, half: 0, whole: 0 });
  const server = http.createServer((request, response) => {
    let body = "";
    request.on("data", (bytes) => (body += bytes)).on("end", () => {
      served.last = Number(body);
      response.write("half of ");
      served.half = served.last;
      response.write("the answer to ");
      setTimeout(() => {
        served.whole = served.last;
        response.end(body);
        if (served.last === ${rounds}) server.close();
      }, 2);
    });
  });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;
const client = `const { track } = require("hindcast");
  const { request } = require("node:http");
  const asked = track("asked", { last: 0, half: 0, answered: 0 });
  const ask = (port) => {
    asked.last++;
    const call = request({ host: "127.0.0.1", port, method: "POST", agent: false }, (response) => {
      let body = "";
      response.on("data", (bytes) => {
        body += bytes;
        if (body.endsWith("answer to ")) asked.half = asked.last;
      });
      response.on("end", () => {
        asked.answered = Number(body.slice("half of the answer to ".length));
        if (asked.last < ${rounds}) ask(port);
      });
    });
    call.end(String(asked.last));
  };
  process.stdin.once("data", (port) => { process.stdin.destroy(); ask(Number(port)); });
`;

const parent = `const { track } = require("hindcast");
  const { fork } = require("node:child_process");
  const asked = track("asked", { last: 0, half: 0, answered: 0 });
  const { SHIFTED, SERIALIZATION } = process.env;
  const child = fork("child.cjs", {
    serialization: SERIALIZATION,
    env: { ...process.env, ...Object.fromEntries(SHIFTED.split(" ").map((pair) => pair.split(/=(.*)/s))) },
  });
  const ask = () => child.send({ number: ++asked.last, text: "é".repeat(asked.last * 5000) });
  child.on("message", ({ half, whole }) => {
    if (half !== undefined) asked.half = half;
    if (whole === undefined) return;
    asked.answered = whole;
    if (asked.last < ${rounds}) ask();
    else child.disconnect();
  });
  ask();
`;
const child = `const { track } = require("hindcast");
  const served = track("served", { last: 0, half: 0, whole: 0 });
  process.on("message", ({ number }) => {
    served.last = number;
    process.send({ text: "on the way" });
    served.half = number;
    process.send({ half: number, text: "x".repeat(number * 9000) });
    setTimeout(() => {
      served.whole = number;
      process.send({ whole: number });
    }, 2);
  });
`;

const faketime = [
  "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
  "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
].find((path) => existsSync(path));
const canShift = faketime !== undefined && process.platform !== "win32";

interface Seen {
  readonly asked: number;
  readonly half: number;
  readonly answered: number;
  readonly served: number;
  readonly servedHalf: number;
  readonly servedWhole: number;
}

const couldBeSeen = ({ asked, half, answered, served, servedHalf, servedWhole }: Seen): boolean =>
  served <= asked && half <= servedHalf && answered <= servedWhole;

async function linesOf(args: readonly string[], input = ""): Promise<readonly string[]> {
  const { out, code, err } = await place.run(args, input);
  expect({ code, failure: code === 0 ? "" : err }).toEqual({ code: 0, failure: "" });
  return out.split("\n").filter((line) => line !== "");
}

interface Told {
  readonly path: string;
  readonly instant: string;
  readonly new?: number;
}

const historyOf = async (recording: string, scope: string): Promise<readonly Told[]> => {
  const lines = await linesOf(["history", recording, "--scope", scope, "--path", "", "--json"]);
  return lines.map((line) => JSON.parse(line) as Told);
};

const statesOf = async (
  recording: string,
  scope: string,
  instants: string,
): Promise<readonly Record<string, number>[]> =>
  (await linesOf(["state", recording, "--scope", scope, "--at", "-", "--json"], instants)).map(
    (line) => JSON.parse(line) as Record<string, number>,
  );

type Way = "HTTP" | "json" | "advanced";

async function recorded(way: Way, shift: string): Promise<string> {
  for (const [name, text] of Object.entries({ server, client, parent, child }))
    writeFileSync(place.path(`${name}.cjs`), text);
  const recording = `${way}${shift}.hindcast`;
  const shifted = `LD_PRELOAD=${faketime} FAKETIME=${shift}s FAKETIME_DONT_FAKE_MONOTONIC=1`;
  const both =
    way === "HTTP"
      ? `node server.cjs | env ${shifted} node client.cjs`
      : `SERIALIZATION=${way} SHIFTED="${shifted}" node parent.cjs`;
  const made = await place.run(["record", "-o", recording, "--", "sh", "-c", both]);
  expect([made.code, made.err]).toEqual([0, ""]);
  return recording;
}

describe.runIf(canShift)("two programs (needs Debian's package faketime)", () => {
  // Each way, and each direction of the clock.
  const cases: readonly (readonly [way: Way, shift: string])[] = [
    ["HTTP", "+3"],
    ["json", "+3"],
    ["advanced", "-3"],
    ...(triesAllSeeds ? [["HTTP", "-3"] as const] : []),
  ];
  it.for(cases)("that talk by %s, one's clock off by %s s, show no effect without its cause", async ([way, shift]) => {
    const recording = await recorded(way, shift);
    const [asked, served] = [await historyOf(recording, "asked"), await historyOf(recording, "served")];
    const to = (history: readonly Told[], path: string) => history.filter((write) => write.path === path);
    const told: Record<keyof Seen, readonly Told[]> = {
      asked: to(asked, "last"),
      half: to(asked, "half"),
      answered: to(asked, "answered"),
      served: to(served, "last"),
      servedHalf: to(served, "half"),
      servedWhole: to(served, "whole"),
    };
    const written = Object.values(told).flatMap((writes) => writes.map(({ instant }) => BigInt(instant)));
    // The last: what was sent after the last write is sent, too.
    const end = written.reduce((latest, at) => (at > latest ? at : latest), 0n) + 100_000_000n;
    const instants = [...new Set([...written.flatMap((at) => [at - 1n, at, at + 100_000n]), end])].sort((a, b) =>
      a < b ? -1 : 1,
    );
    const ofClient = await statesOf(recording, "asked", instants.join("\n"));
    const ofServer = await statesOf(recording, "served", instants.join("\n"));
    const shown = instants.map((_, index): Seen => {
      const [asked, served] = [ofClient[index], ofServer[index]];
      return {
        asked: asked?.["last"] ?? 0,
        half: asked?.["half"] ?? 0,
        answered: asked?.["answered"] ?? 0,
        served: served?.["last"] ?? 0,
        servedHalf: served?.["half"] ?? 0,
        servedWhole: served?.["whole"] ?? 0,
      };
    });
    expect(shown.filter((seen) => !couldBeSeen(seen))).toEqual([]);
    expect(new Set(Object.values(shown.at(-1) ?? {}))).toEqual(new Set([rounds]));

    // By the clocks alone: it is these that are wrong, and not by chance.
    const upTo = (writes: readonly Told[], at: bigint): number =>
      writes.findLast(({ instant }) => BigInt(instant) <= at)?.new ?? 0;
    const naive = instants.map((at) => ({
      asked: upTo(told.asked, at),
      half: upTo(told.half, at),
      answered: upTo(told.answered, at),
      served: upTo(told.served, at),
      servedHalf: upTo(told.servedHalf, at),
      servedWhole: upTo(told.servedWhole, at),
    }));
    expect(naive.filter((seen) => !couldBeSeen(seen)).length).toBeGreaterThan(rounds);
  });
});
