import { once } from "node:events";
import { type Server, createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { wholeMessage } from "../shared/protocol/message-records.js";
import { HybridClock } from "./hybrid-clock.js";
import { headerFromStamp, stampFromHeader } from "./messages.js";
import { installFetch } from "./probes/fetch.js";
import { installHttpBodies } from "./probes/http-bodies.js";
import { installHttpClient } from "./probes/http-client.js";
import { installHttpServer } from "./probes/http-server.js";
import { kitForTests } from "./probe-kit.test-support.js";

describe("a hybrid logical clock", () => {
  it("is the time, and goes on by the least where the time stands still", () => {
    let nowMs = 5;
    const clock = new HybridClock(() => nowMs);
    expect([clock.tick(), clock.tick()]).toEqual([5000, 5001]);
    nowMs = 7.5;
    expect([clock.tick(), clock.tick()]).toEqual([7500, 7501]);
    nowMs = 1;
    expect(clock.tick()).toBe(7502);
  });

  it("is later than what was heard, until the time has come there", () => {
    let nowMs = 5;
    const clock = new HybridClock(() => nowMs);
    expect([clock.tickAfter(9_000_000), clock.tick()]).toEqual([9_000_001, 9_000_002]);
    nowMs = 10_000;
    expect(clock.tickAfter(9_500_000)).toBe(10_000_000);
  });

  it("does not follow what is no clock", () => {
    const clock = new HybridClock(() => 5);
    expect(clock.tickAfter(Number.MAX_SAFE_INTEGER)).toBe(5000);
  });
});

describe("what a request says about its sender", () => {
  it("reads back as it was written, among what other tracers say", () => {
    for (const stamp of [
      { origin: 1, originUs: 0 },
      { origin: 0xffffffff, originUs: 9_000_000_000_000_000 },
    ]) {
      const said = headerFromStamp(stamp);
      for (const header of [said, `a=1,${said}`, `${said}, b=x`, `x=y , ${said} ,b=2`])
        expect(stampFromHeader(header)).toEqual(stamp);
    }
  });

  it("is not what else stands there", () => {
    for (const header of [undefined, ["hindcast=1-2"], "", "hindcast=", "hindcast=1", "nohindcast=1-2", "hindcast=g-1"])
      expect(stampFromHeader(header)).toBeUndefined();
    expect(stampFromHeader("hindcast=123456789-1")).toBeUndefined();
    expect(stampFromHeader(`${"a".repeat(2000)},hindcast=1-2`)).toBeUndefined();
  });
});

const releases: (() => void)[] = [];
afterEach(() => {
  for (const release of releases.splice(0).reverse()) release();
});

/** A program that serves what it asks for itself, and what was recorded of messages: "sent request 3". */
async function recorded(serve: Parameters<typeof createServer>[1] & object, ask: (url: string) => Promise<void>) {
  const { kit, guest, records } = kitForTests();
  for (const install of [installHttpServer, installHttpClient, installHttpBodies, installFetch])
    releases.push(install(kit));
  const server: Server = createServer(serve).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await ask(`http://127.0.0.1:${port}/`);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(guest.faults).toBe(0);
  return records().flatMap((record) => (record.kind === "message" ? [record] : []));
}

const textOf = (found: Awaited<ReturnType<typeof recorded>>, part: string): readonly string[] =>
  found
    .filter((message) => message.part === part)
    .map(({ end, upTo }) => `${end} ${upTo === wholeMessage ? "all" : upTo}`);

async function drained(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

describe("messages over HTTP", () => {
  it("are one sending where everything goes at once, before it is received", async () => {
    const found = await recorded(
      (request, response) => void request.resume().on("end", () => response.end("hello")),
      async (url) => {
        const request = httpRequest(url, { method: "POST" });
        request.end("abc");
        const [response] = (await once(request, "response")) as [AsyncIterable<unknown>];
        await drained(response);
      },
    );
    expect(textOf(found, "request")).toEqual(["sent all", "received 0", "received 3", "received all"]);
    expect(textOf(found, "response")).toEqual(["sent all", "received 0", "received 5", "received all"]);
    expect(new Set(found.map(({ channel }) => Buffer.from(channel).toString("hex"))).size).toBe(1);
  });

  it("tell each part of a body that is sent bit by bit", async () => {
    const found = await recorded(
      (request, response) => {
        response.flushHeaders();
        void request.on("data", (bytes: Buffer) => response.write(bytes)).on("end", () => response.end());
      },
      async (url) => {
        const request = httpRequest(url, { method: "POST" });
        request.flushHeaders();
        const [response] = (await once(request, "response")) as [AsyncIterable<Buffer> & { once: unknown }];
        const parts = response[Symbol.asyncIterator]();
        request.write("größer");
        await parts.next();
        request.write("6162", "hex");
        await parts.next();
        request.end();
        await parts.next();
      },
    );
    const expected = ["0", "8", "10", "all"];
    for (const part of ["request", "response"]) {
      const told = textOf(found, part);
      expect(told.filter((text) => text.startsWith("sent"))).toEqual(expected.map((upTo) => `sent ${upTo}`));
      expect(told.filter((text) => text.startsWith("received"))).toEqual(expected.map((upTo) => `received ${upTo}`));
      for (const upTo of expected) expect(told.indexOf(`sent ${upTo}`)).toBeLessThan(told.indexOf(`received ${upTo}`));
    }
  });

  it("are those of fetch, too", async () => {
    const found = await recorded(
      (request, response) => void request.resume().on("end", () => response.end("hello")),
      async (url) => {
        await (await fetch(url)).text();
        await (await fetch(url, { method: "POST", body: "abc" })).text();
      },
    );
    const told = textOf(found, "request");
    expect(told.slice(0, 4)).toEqual(["sent all", "received 0", "received all", "sent all"]);
    expect(told.slice(4)).toEqual(["received 0", "received 3", "received all"]);
    expect(textOf(found, "response").filter((text) => text === "sent all")).toHaveLength(2);
    expect(textOf(found, "response").filter((text) => text === "received 0")).toHaveLength(2);
  });

  it("carry who sent them and a clock that the receiver's then is ahead of", async () => {
    const [sent, received] = await recorded(
      (_, response) => void response.end(),
      async (url) => void (await (await fetch(url)).text()),
    );
    expect([sent?.origin, received?.origin]).toEqual([0, 0x00c0ffee]);
    expect(received?.originUs).toBe(sent?.hybridUs);
    expect(received?.hybridUs).toBeGreaterThan(sent?.hybridUs ?? Infinity);
  });

  it("are none where somebody asks who is not recorded", async () => {
    const found = await recorded(
      (_, response) => void response.end(),
      async (url) => {
        const traceparent = `00-${"1".repeat(32)}-${"2".repeat(16)}-01`;
        await (await fetch(url, { headers: { traceparent } })).text();
      },
    );
    expect(found).toEqual([]);
  });
});
