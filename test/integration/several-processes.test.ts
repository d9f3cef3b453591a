// Two real programs that talk over HTTP, one of them by a clock that is seconds off: what is shown of both at any instant
// could have been seen. The programs say themselves what follows from what: nothing is served that was not asked for, and
// nothing further is asked for before the answer is there.
import { existsSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { Place } from "./hindcast-process.js";

const place = new Place();
afterAll(() => place.remove());

const rounds = 12;
const server = `const { track } = require("hindcast");
  const http = require("node:http");
  const served = track("served", { last: 0 });
  const server = http.createServer((request, response) => {
    let body = "";
    request.on("data", (bytes) => (body += bytes)).on("end", () => {
      served.last = Number(body);
      response.end("served " + body);
      if (served.last === ${rounds}) server.close();
    });
  });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;
const client = `const { track } = require("hindcast");
  const { request } = require("node:http");
  const asked = track("asked", { last: 0, answered: 0 });
  const ask = (port) => {
    asked.last++;
    const call = request({ host: "127.0.0.1", port, method: "POST", agent: false }, (response) => {
      let body = "";
      response.on("data", (bytes) => (body += bytes)).on("end", () => {
        asked.answered = Number(body.slice("served ".length));
        if (asked.last < ${rounds}) ask(port);
      });
    });
    call.end(String(asked.last));
  };
  process.stdin.once("data", (port) => { process.stdin.destroy(); ask(Number(port)); });
`;

const faketime = [
  "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
  "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
].find((path) => existsSync(path));

interface Seen {
  readonly asked: number;
  readonly answered: number;
  readonly served: number;
}

const couldBeSeen = ({ asked, answered, served }: Seen): boolean => served <= asked && answered <= served;

async function linesOf(args: readonly string[], input = ""): Promise<readonly string[]> {
  const { out, code, err } = await place.run(args, input);
  expect({ code, failure: code === 0 ? "" : err }).toEqual({ code: 0, failure: "" });
  return out.split("\n").filter((line) => line !== "");
}

interface Told {
  readonly instant: string;
  readonly new?: number;
}

const historyOf = async (recording: string, scope: string, path: string): Promise<readonly Told[]> =>
  (await linesOf(["history", recording, "--scope", scope, "--path", path, "--json"])).map(
    (line) => JSON.parse(line) as Told,
  );

const numberIn = (line: string | undefined, key: string): number => {
  const value = JSON.parse(line ?? "{}") as Readonly<Record<string, unknown>>;
  return typeof value[key] === "number" ? value[key] : 0;
};

describe.runIf(faketime !== undefined && process.platform !== "win32")(
  "two programs (needs Debian's package faketime)",
  () => {
    it.for(["+3", "-3"])("of which one's clock is off by %s s show no effect without its cause", async (shift) => {
      for (const [name, text] of Object.entries({ server, client })) writeFileSync(place.path(`${name}.cjs`), text);
      const recording = `shift${shift}.hindcast`;
      const shifted = `LD_PRELOAD=${faketime} FAKETIME=${shift}s FAKETIME_DONT_FAKE_MONOTONIC=1`;
      const both = `node server.cjs | env ${shifted} node client.cjs`;
      const made = await place.run(["record", "-o", recording, "--", "sh", "-c", both]);
      expect([made.code, made.err]).toEqual([0, ""]);

      const asked = await historyOf(recording, "asked", "last");
      const answered = await historyOf(recording, "asked", "answered");
      const served = await historyOf(recording, "served", "last");
      const instants = [...asked, ...answered, ...served].map(({ instant }) => BigInt(instant));
      const wanted = [...new Set(instants.flatMap((at) => [at - 1n, at, at + 100_000n]))].sort((a, b) =>
        a < b ? -1 : 1,
      );
      const input = wanted.join("\n");
      const ofClient = await linesOf(["state", recording, "--scope", "asked", "--at", "-", "--json"], input);
      const ofServer = await linesOf(["state", recording, "--scope", "served", "--at", "-", "--json"], input);
      const shown = wanted.map((_, index) => ({
        asked: numberIn(ofClient[index], "last"),
        answered: numberIn(ofClient[index], "answered"),
        served: numberIn(ofServer[index], "last"),
      }));
      expect(shown.filter((seen) => !couldBeSeen(seen))).toEqual([]);
      expect(shown.at(-1)).toEqual({ asked: rounds, answered: rounds, served: rounds });

      // By the clocks alone: it is these that are wrong, and not by chance.
      const upTo = (told: readonly Told[], at: bigint): number =>
        told.findLast(({ instant }) => BigInt(instant) <= at)?.new ?? 0;
      const naive = wanted.map((at) => ({
        asked: upTo(asked, at),
        answered: upTo(answered, at),
        served: upTo(served, at),
      }));
      expect(naive.filter((seen) => !couldBeSeen(seen)).length).toBeGreaterThan(rounds);
    });
  },
);
