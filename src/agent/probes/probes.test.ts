import { ChildProcess } from "node:child_process";
import { Worker } from "node:worker_threads";
import { ClientRequest, IncomingMessage, OutgoingMessage, ServerResponse } from "node:http";
import { hasSubscribers } from "node:diagnostics_channel";
import { Module } from "node:module";
import { Session } from "node:inspector";
import { describe, expect, it } from "vitest";
import { maxFaultsPerPlace } from "../guest.js";
import { ChildEnvironment } from "../child-environment.js";
import type { ProbeKit } from "../probe-kit.js";
import { kitForTests } from "../probe-kit.test-support.js";
import { nodeInspector } from "../inspector.js";
import { RingMemory } from "../ring.js";
import { headerFromSpan, isTraceHeader, parentFromHeader, traceTargets } from "../trace-context.js";
import { installBunyan } from "./bunyan.js";
import { installChildProcesses } from "./child-processes.js";
import { installChildren } from "./children.js";
import { installConsole } from "./console.js";
import { installErrors } from "./errors.js";
import { installExit } from "./exit.js";
import { installHttpBodies } from "./http-bodies.js";
import { installFetch } from "./fetch.js";
import { installHttpClient } from "./http-client.js";
import { clientAttributes, hostFrom, targetAttributes } from "./http-attributes.js";
import { installHttpServer } from "./http-server.js";
import { LoopBeat } from "./loop-beat.js";
import { LoopBlocks } from "./loop-blocks.js";
import { installPino } from "./pino.js";
import { installSocketIo } from "./socket-io.js";
import { installWinston } from "./winston.js";
import { installWs } from "./ws.js";
import { watchRejections } from "./rejections.js";
import { installRuntimeMetrics } from "./runtime-metrics.js";
import { watchThreadEnds } from "./thread-ends.js";

function kit() {
  const { kit: probeKit, guest, records } = kitForTests();
  const logs = () => records().flatMap((record) => (record.kind === "log" ? [record.body] : []));
  return { probeKit, guest, logs, records };
}

/** Everything that probes replace or listen to, as it is now. */
function surroundings(): unknown[] {
  const owners: readonly object[] = [
    console,
    process,
    Module,
    IncomingMessage.prototype,
    ServerResponse.prototype,
    ClientRequest.prototype,
    OutgoingMessage.prototype,
    Session.prototype,
    ChildProcess.prototype,
  ];
  const channels = ["http.server.request.start", "http.client.request.start", "undici:request:create"];
  return [
    ...owners.map((owner) =>
      Object.fromEntries(
        Object.entries(Object.getOwnPropertyDescriptors(owner)).filter(([, { value }]) => typeof value === "function"),
      ),
    ),
    Object.getOwnPropertySymbols(globalThis),
    process.eventNames().map((name) => [name, process.listenerCount(name)]),
    channels.map(hasSubscribers),
    Object.getOwnPropertySymbols(Worker.prototype).map((key) => Object.getOwnPropertyDescriptor(Worker.prototype, key)),
  ];
}

const probes = {
  installBunyan,
  installSocketIo,
  installWinston,
  installWs,
  installChildProcesses,
  installChildren: (probeKit: ProbeKit) =>
    installChildren(probeKit, new ChildEnvironment("run", "agent.cjs", {}), () => undefined),
  watchThreadEnds: ({ guest }: ProbeKit) => watchThreadEnds(guest, () => undefined),
  installConsole,
  installErrors: (probeKit: ProbeKit) => installErrors(probeKit, () => undefined),
  installExit: (probeKit: ProbeKit) =>
    installExit(probeKit, { onExit: () => undefined, beforeSignal: () => undefined, beforeEmit: () => undefined })
      .uninstall,
  installFetch,
  installHttpBodies,
  installHttpClient,
  installHttpServer,
  installPino,
  installRuntimeMetrics: (probeKit: ProbeKit) => {
    const beat = new LoopBeat(probeKit, RingMemory.allocate(4096), () => undefined);
    const { uninstall } = installRuntimeMetrics(probeKit, { beat, collectionMs: 10, isThread: false }, () => undefined);
    return () => {
      uninstall();
      beat.stop();
    };
  },
  watchRejections: (probeKit: ProbeKit) => {
    const own = () => undefined;
    process.on("unhandledRejection", own);
    const rejections = watchRejections(probeKit);
    rejections.beforeEmit();
    return () => {
      process.removeListener("unhandledRejection", own);
      rejections.uninstall();
    };
  },
  loopBlocks: (probeKit: ProbeKit) => {
    const memory = RingMemory.allocate(4096);
    const blocks = new LoopBlocks(probeKit, memory, { blockMs: 50, folder: "/agent" }, nodeInspector());
    const beat = new LoopBeat(probeKit, memory, (turn) => blocks.turned(turn));
    const uninstall = blocks.install(beat);
    return () => {
      uninstall();
      beat.stop();
    };
  },
};

// The console under test; the linter only knows it as what must not be printed to.
const terminal = globalThis.console;

describe("probes", () => {
  for (const [name, install] of Object.entries(probes))
    it(`leave nothing behind: ${name}`, () => {
      const before = surroundings();
      const uninstall = install(kit().probeKit);
      if (name !== "installRuntimeMetrics") expect(surroundings()).not.toEqual(before);
      uninstall();
      expect(surroundings()).toEqual(before);
    });

  it("keep the name and length of what they replace", () => {
    const { name, length } = terminal.warn;
    const uninstall = installConsole(kit().probeKit);
    expect([terminal.warn.name, terminal.warn.length]).toEqual([name, length]);
    uninstall();
  });

  it("let a method that was wrapped again in the meantime go on working", () => {
    const { probeKit, logs } = kit();
    const original = terminal.debug;
    const written: unknown[] = [];
    terminal.debug = (...args: unknown[]) => void written.push(args);
    const uninstall = installConsole(probeKit);
    const ours = terminal.debug;
    const theirs = (...args: unknown[]) => ours("theirs:", ...args);
    terminal.debug = theirs;
    terminal.debug("one");
    uninstall();
    expect(terminal.debug).toBe(theirs);
    terminal.debug("two");
    terminal.debug = original;
    expect(logs()).toEqual(["theirs: one"]);
    expect(written).toEqual([
      ["theirs:", "one"],
      ["theirs:", "two"],
    ]);
  });
});

describe("Guest", () => {
  it("swallows and counts faults of our own, and does not enter itself", () => {
    const { guest } = kit();
    const thrown = guest.runAsGuest(() => {
      throw new Error("ours");
    }, "fallback");
    const nested = guest.runAsGuest(() => guest.runAsGuest(() => "inner", "refused"), "outer");
    expect([thrown, nested, guest.faults, guest.isBusy]).toEqual(["fallback", "refused", 1, false]);
  });
});

describe("a place with too many faults", () => {
  it("is left alone from then on, and the others go on", () => {
    const { guest } = kit();
    const told: string[] = [];
    guest.onFault(({ place, message, isOff }) => told.push(`${place}: ${message}${isOff ? ", off" : ""}`));
    const [faulty, sound] = [guest.at("faulty"), guest.at("sound")];
    let tries = 0;
    for (let at = 0; at < 100; at++)
      faulty.runAsGuest(() => {
        tries++;
        throw new Error("ours");
      }, undefined);
    expect([tries, guest.faults, faulty.isOff]).toEqual([maxFaultsPerPlace, maxFaultsPerPlace, true]);
    expect(sound.runAsGuest(() => "works", "refused")).toBe("works");
    expect([told.length, told[0], told.at(-1)]).toEqual([
      maxFaultsPerPlace,
      "faulty: Error: ours",
      "faulty: Error: ours, off",
    ]);
  });

  it("says so without asking what was thrown, and survives a listener that throws itself", () => {
    const { guest } = kit();
    const told: string[] = [];
    guest.onFault(({ message }) => {
      told.push(message);
      throw new Error("listener");
    });
    const asked = new Proxy({}, { get: () => told.push("asked"), getPrototypeOf: () => (told.push("asked"), null) });
    guest.noteFault(asked);
    expect([told, guest.faults]).toEqual([["object"], 2]);
  });
});

describe("trace context", () => {
  const id = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));
  const [traceId, spanId] = ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"];

  it("reads what it writes", () => {
    const header = headerFromSpan({ number: 1, traceId: id(traceId), spanId: id(spanId) });
    expect(header).toBe(`00-${traceId}-${spanId}-01`);
    expect(parentFromHeader(header)).toEqual({ kind: "remote", traceId: id(traceId), spanId: id(spanId) });
  });

  it("takes a malformed header for none, and a later version for what it knows of it", () => {
    const zero = "0".repeat(32);
    for (const header of ["", undefined, ["x"], `00-${zero}-${spanId}-01`, `ff-${traceId}-${spanId}-01`])
      expect(parentFromHeader(header)).toEqual({ kind: "none" });
    expect(parentFromHeader(`00-${traceId}-${spanId}-01-more`)).toEqual({ kind: "none" });
    expect(parentFromHeader(`01-${traceId}-${spanId}-01-more`).kind).toBe("remote");
  });

  it("goes to named hosts besides, and knows the headers of others", () => {
    const goesTo = traceTargets(["api.Example.com", "*.example.net"]);
    const asked = ["api.example.com", "x.example.net", "localhost", "example.net", "example.com", "xapi.example.com"];
    expect(asked.filter(goesTo)).toEqual(["api.example.com", "x.example.net", "localhost"]);
    expect(["B3", "traceparent", "x-request-id"].filter(isTraceHeader)).toEqual(["B3", "traceparent"]);
  });
});

describe("HTTP attributes", () => {
  it("take hosts, ports, paths and queries apart", () => {
    expect([hostFrom("a.b:80"), hostFrom("a.b"), hostFrom("[::1]:3000")]).toEqual([
      { name: "a.b", port: 80 },
      { name: "a.b", port: undefined },
      { name: "::1", port: 3000 },
    ]);
    expect(targetAttributes("/a?b=1?")).toEqual({ "url.path": "/a", "url.query": "b=1?" });
    expect(clientAttributes("GET", "https", hostFrom("x.y"), "/p")).toEqual({
      "http.request.method": "GET",
      "server.address": "x.y",
      "server.port": 443,
      "url.full": "https://x.y/p",
    });
    expect(clientAttributes("GET", "http", hostFrom("[::1]:81"), "/")["url.full"]).toBe("http://[::1]:81/");
  });
});
